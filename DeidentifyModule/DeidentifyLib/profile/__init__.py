"""Options resolved to one action per attribute, and what that means in plain words.

Import `Profile` from ``DeidentifyLib.profile.resolver``: it loads the tables of the standard, which
a panel that only wants words need not do.
"""

from .actions import Action, Rule
from .describe import consequences, describe_actions
from .support import unsupported_options

__all__ = ["Action", "Rule", "consequences", "describe_actions", "unsupported_options"]
