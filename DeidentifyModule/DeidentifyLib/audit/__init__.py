"""An independent proof of every output: it shares no table and no code with the engine."""

from .run import Audited, AuditRequest, audit_of, run_audit

__all__ = ["AuditRequest", "Audited", "audit_of", "run_audit"]
