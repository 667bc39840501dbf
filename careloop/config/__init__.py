"""The settings: the only reader of the environment and of the settings file."""

from careloop.config.environment import Environment
from careloop.config.settings import Instance, PolicySection, Settings, load

__all__ = ["Environment", "Instance", "PolicySection", "Settings", "load"]
