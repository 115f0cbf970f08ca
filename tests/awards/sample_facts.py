"""The facts that the tests of the drawing draw: Ana's certificate, and the most that one may ever have to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from app.awards.facts import Facts, LicenseFacts, Presenter

ANA = Facts(
    number="4CKT9M2QXW7HB3NDE5RV",
    holder_name="Ana María Núñez-O’Brien",
    license=LicenseFacts(state="NY", type="LCSW", number="081-234"),
    course_title="Social media and the duty of confidentiality",
    course_code="SM-101",
    edition="3fa9c1d2e4b05a69" + 48 * "0",
    delivery="reading",
    presenters=(Presenter("Ines Duarte", "PhD, LCSW"),),
    credit_hours={"ethics": "0.5"},
    began_at=datetime(2026, 11, 18, 23, 5, tzinfo=UTC),
    completed_at=datetime(2026, 11, 21, 3, 42, 10, tzinfo=UTC),  # still November 20 in New York
    time_zone="America/New_York",
    issued_at=datetime(2026, 11, 21, 3, 42, 10, tzinfo=UTC),
    provider_name="Continua Learning Cooperative",
    provider_address="12 Elm Street, Suite 4, Albany, NY 12207",
    provider_phone="+1 518 555 0100",
    provider_email="records@ce.example.org",
    signer_name="Margaret Olusanya",
    signer_title="Director of continuing education, LCSW-R",
    approval_statements=(),
    verify_url="https://ce.example.org/v/4CKT-9M2Q-XW7H-B3ND-E5RV",
    demonstration=False,
)
EIGHTY_LETTERS = "Wilhelmina Konstantinopolitańczykiewiczówna-Brzęczyszczykiewicz von Hohenzollern"
ACE = (
    "Continua Learning Cooperative, #1234, is approved as an ACE provider to offer social work continuing education by "
    "the Association of Social Work Boards (ASWB) Approved Continuing Education (ACE) program. Regulatory boards are "
    "the final authority on courses accepted for continuing education credit. ACE provider approval period: "
    "11/01/2025–11/01/2028. Social workers completing this course receive 17.5 continuing education credits."
)
NEW_YORK = (
    "Continua Learning Cooperative is recognized by the New York State Education Department’s State Board for Social "
    "Work as an approved provider of continuing education for licensed social workers #SW-0987."
)
FULLEST = replace(
    ANA,
    demonstration=True,
    holder_name=EIGHTY_LETTERS,
    course_title=(
        "Confidentiality, boundaries, informed consent and the responsible use of social media, messaging and "
        "artificial intelligence in clinical social work practice with children, families and older adults: "
        "a case-based introduction"
    ),
    credit_hours={
        "general": "1.5",
        "clinical": "2",
        "ethics": "0.5",
        "cultural-competence": "1",
        "supervision": "12.5",
    },
    presenters=(
        Presenter("Ines Duarte", "PhD, LCSW"),
        Presenter("Bartholomew Featherstonehaugh-Cholmondeley", "DSW, LICSW, ACSW, BCD"),
        Presenter("Nguyễn Thị Thuỳ Dương", "LMSW"),
        Presenter("Józef Świątek", ""),
    ),
    approval_statements=(ACE, NEW_YORK, ACE.replace("#1234", "#9999"), NEW_YORK.replace("#SW-0987", "#SW-1111")),
)
