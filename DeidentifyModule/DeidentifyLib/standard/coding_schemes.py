"""Coding schemes whose codes are public, so that a code says what and not who (PS3.16 section 8)."""

from __future__ import annotations

_PUBLIC = frozenset(
    """
    ACR AMTM BARI BI C4 C5 CD2 CTCAE DC DCM DCMUID DCTRS FMA GDSN GTIN HGNC HL7 I10 I10P I9 I9C ICD10 ICD11 ICDO3 IBSI
    ISO3166_1 ISO639_1 ISO639_2 ISO8601 ITIS LN MA MAYOASRG MGI MSH NCDR NCIT NDC NEU NICIP NPI NYUMCCG
    PATHLEX POS PUBCHEM_CID PUBCHEM_SID RADELEMENT RADLEX RFC3066 RFC5646 RXNORM SCT SDM SNM3 SRT UBERON UCUM UMLS UNS
    99PMP 99SDM
    """.split()
)


def is_public_scheme(designator: str) -> bool:
    """Return whether a Coding Scheme Designator names a public scheme."""
    return designator.strip(" \0").upper() in _PUBLIC
