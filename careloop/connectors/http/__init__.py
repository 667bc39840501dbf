"""HTTP as every connector uses it: one transport adapter between a client library and the network."""

from careloop.connectors.http.network import Network
from careloop.connectors.http.transport import Transport, only_reads

__all__ = ["Network", "Transport", "only_reads"]
