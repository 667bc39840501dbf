"""HTTP as every connector uses it: one transport adapter between a client library and the network."""

from careloop.connectors.http.transport import Traffic, Transport, only_reads

__all__ = ["Traffic", "Transport", "only_reads"]
