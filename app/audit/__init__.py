"""Who did what to which record, and when: written in the act's own transaction, never changed, each line in a chain.

The chain (links.py) is of ids and commitments, and stands for ever; what a line tells of people (lines.py) lies beside
it, and can be erased. `continua audit` holds one against the other.
"""

from app.audit.checking import Touched, check, hash_at, head
from app.audit.forgetting import FORGOTTEN, NETWORK_KEPT, NETWORKS_FORGOTTEN, forget_networks, forget_person
from app.audit.lines import HOUSE, OPERATOR, Actor, AuditLine, of_subject
from app.audit.looks import Look, look_at, looks_at
from app.audit.searching import Found, Search, acts, count, search
from app.audit.writing import come_from, record

__all__ = [
    "FORGOTTEN",
    "HOUSE",
    "NETWORKS_FORGOTTEN",
    "NETWORK_KEPT",
    "OPERATOR",
    "Actor",
    "AuditLine",
    "Found",
    "Look",
    "Search",
    "Touched",
    "acts",
    "check",
    "come_from",
    "count",
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
