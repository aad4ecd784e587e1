"""Who may use the desk: users with roles, logins that can be taken back, tokens for programs, and a log that shows tampering."""

from newsblotter.web.people.audit import AuditEntry, list_audit, verify_audit, write_audit
from newsblotter.web.people.desk_file import DeskFile, open_desk
from newsblotter.web.people.sessions import Session, end_session, end_sessions_of, find_session, list_sessions, start_session
from newsblotter.web.people.throttle import TooManyTries
from newsblotter.web.people.tokens import Token, find_token, list_tokens, make_token, revoke_token
from newsblotter.web.people.users import (
    ROLES,
    BadLogin,
    User,
    add_user,
    change_user,
    find_user,
    list_users,
    log_in,
    need_hashing,
    set_password,
)

__all__ = [
    "ROLES",
    "AuditEntry",
    "BadLogin",
    "DeskFile",
    "Session",
    "Token",
    "TooManyTries",
    "User",
    "add_user",
    "change_user",
    "end_session",
    "end_sessions_of",
    "find_session",
    "find_token",
    "find_user",
    "list_audit",
    "list_sessions",
    "list_tokens",
    "list_users",
    "log_in",
    "make_token",
    "need_hashing",
    "open_desk",
    "revoke_token",
    "set_password",
    "start_session",
    "verify_audit",
    "write_audit",
]
