"""An independent proof of every output: it shares no table and no code with the engine."""

from .run import AuditRequest, run_audit

__all__ = ["AuditRequest", "run_audit"]
