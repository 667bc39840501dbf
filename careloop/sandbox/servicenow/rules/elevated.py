"""Rules write on behalf of whoever set them off, and ask for no rights."""

from dataclasses import replace

from careloop.sandbox.servicenow.session import Session


def elevated(session: Session) -> Session:
    """Return the same user at the same moment, permitted everything, as scripts of business rules are."""
    return Session(replace(session.user, roles=session.user.roles | {"admin"}), session.now)
