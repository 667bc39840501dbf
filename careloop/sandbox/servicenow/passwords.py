"""How passwords are kept: nobody reads one back, whatever way a row goes."""

import hashlib

_MARK = "{SHA256}"


def hash_password(text: str) -> str:
    """Return what is stored for a password; empty for none, and what is stored already stays as it is."""
    if not text or text.startswith(_MARK):
        return text
    return _MARK + hashlib.sha256(text.encode()).hexdigest()
