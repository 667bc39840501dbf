"""HTTP as every connector uses it: one transport adapter between a client library and the network."""

from careloop.connectors.http.transport import Transport, only_reads

__all__ = ["Transport", "only_reads"]
