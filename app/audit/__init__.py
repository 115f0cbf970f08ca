"""Who did what to which record, and when: written in the act's own transaction, never changed, each line in a chain.

The chain (links.py) is of ids and commitments, and stands for ever; what a line tells of people (lines.py) lies beside
it, and can be erased. `continua audit` holds one against the other.
"""

from app.audit.checking import Touched, check, hash_at, head
from app.audit.forgetting import FORGOTTEN, NETWORK_KEPT, NETWORKS_FORGOTTEN, forget_networks, forget_person
from app.audit.lines import HOUSE, OPERATOR, Actor, AuditLine, of_subject
from app.audit.looks import EXPORTED, FOUND, LOOKS, OPENED, Look, look_at, looks_at
from app.audit.searching import Days, Placed, acts, everything, search
from app.audit.writing import come_from, record

__all__ = [
    "EXPORTED",
    "FORGOTTEN",
    "FOUND",
    "HOUSE",
    "LOOKS",
    "NETWORKS_FORGOTTEN",
    "NETWORK_KEPT",
    "OPENED",
    "OPERATOR",
    "Actor",
    "AuditLine",
    "Days",
    "Look",
    "Placed",
    "Touched",
    "acts",
    "check",
    "come_from",
    "everything",
    "forget_networks",
    "forget_person",
    "hash_at",
    "head",
    "look_at",
    "looks_at",
    "of_subject",
    "record",
    "search",
]
