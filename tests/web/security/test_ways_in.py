"""The doors: passkey, app and recovery code; the staff proves more than a code; and what she typed is kept."""

from __future__ import annotations

import re
from datetime import timedelta

import cast as the_cast
import pytest
import steps
from cast import EMAILS, NOON
from conftest import PUBLIC, Postbox, SignIn, StillClock
from devices import Phone, code_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from app.identity import authenticators, recovery, sign_in
from app.identity.people import Role
from app.identity.sign_in import FRESH, STRONG_LASTS, Proof
from app.identity.sign_in import SignIn as SignInRow
from app.kit.mail import Mail

pytest_plugins = ["visitors", "colleagues"]

SAME = {"sec-fetch-site": "same-origin"}
JSON = SAME | {"accept": "application/json"}
TOKEN = "__Host-continua"
HOST = "ce.example.org"


def enter(house: FastAPI, name: str, proof: Proof = Proof.CODE) -> TestClient:
    """Give a browser in which one of the cast is signed in, proved in a certain way."""
    wiring = house.state.wiring
    with wiring.database.write() as db:
        token = sign_in.begin(db, the_cast.join(db, name), proof=proof, now=wiring.clock())
    client = TestClient(house, base_url=PUBLIC, follow_redirects=False)
    client.cookies.set(TOKEN, token, domain=HOST)
    return client


def add_passkey(client: TestClient, phone: Phone, next_path: str = "") -> Response:
    options = client.post("/account/security/passkeys/options", headers=JSON)
    assert options.status_code == 200, options.text
    sent = {"credential": phone.make(options.json()), "name": "My phone", "next": next_path}
    return client.post("/account/security/passkeys", data=sent, headers=SAME)


def use_passkey(client: TestClient, phone: Phone, door: str = "/sign-in/passkey", next_path: str = "/") -> Response:
    asks = "/sign-in/passkey/options" if door == "/sign-in/passkey" else "/sign-in/prove/options"
    options = client.post(asks, headers=JSON).json()
    return client.post(door, data={"credential": phone.prove(options), "next": next_path}, headers=SAME)


def set_up_app(client: TestClient, next_path: str = "") -> tuple[str, Response]:
    page = client.post("/account/security/authenticator/begin", data={"next": next_path}, headers=SAME).text
    secret = re.findall(r'class="secret-key">([A-Z2-7 ]+)<', page)[0]
    code = code_of(secret, NOON)
    return secret, client.post("/account/security/authenticator", data={"code": code, "next": next_path}, headers=SAME)


def letters(house: FastAPI, name: str) -> list[str]:
    with house.state.wiring.database.read() as db:
        return [one.text for one in db.exec(select(Mail)) if one.recipient == EMAILS[name]]


# --- a passkey at the door ---------------------------------------------------------------------------------------


def test_a_passkey_signs_in_without_an_address(house: FastAPI, hers: TestClient, stranger: TestClient) -> None:
    phone = Phone()
    assert add_passkey(hers, phone).headers["location"] == "/account/security"
    assert "My phone" in hers.get("/account/security").text
    answer = use_passkey(stranger, phone, next_path="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert EMAILS["ana"] in stranger.get("/account").text
    assert "The passkey “My phone” was added" in letters(house, "ana")[0]


def test_a_passkey_of_nobody_is_told_so_on_the_same_page(stranger: TestClient, hers: TestClient) -> None:
    answer = use_passkey(stranger, Phone())
    assert answer.status_code == 422
    assert "This passkey is not known here any more." in answer.text
    assert stranger.get("/account").status_code == 303


def test_a_passkey_leads_nowhere_else(hers: TestClient, stranger: TestClient) -> None:
    phone = Phone()
    add_passkey(hers, phone)
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        assert use_passkey(stranger, phone, next_path=elsewhere).headers["location"] == "/"
        stranger.post("/sign-out", headers=SAME)


def test_passkeys_are_named_and_removed_by_their_owner_alone(hers: TestClient, his: TestClient) -> None:
    add_passkey(hers, Phone())
    for client, status in ((his, 404), (hers, 303)):
        assert client.post("/account/security/passkeys/1", data={"name": "Old"}, headers=SAME).status_code == status
    assert his.post("/account/security/passkeys/1/remove", headers=SAME).status_code == 404
    assert ">Old</a>" in hers.get("/account/security").text
    assert hers.post("/account/security/passkeys/1/remove", headers=SAME).status_code == 303
    assert hers.get("/account/security/passkeys/1").status_code == 404


# --- the staff ---------------------------------------------------------------------------------------------------

STAFF_PAGES = [
    ("ines", "/author"),
    ("olu", "/v/00000000000000000000/evidence"),
    ("ada", "/admin/certificates"),
    ("gus", "/admin/certificates"),
]


@pytest.mark.parametrize(("name", "place"), STAFF_PAGES)
def test_a_code_alone_opens_her_own_pages_and_none_of_the_staff(house: FastAPI, name: str, place: str) -> None:
    weak, strong = enter(house, name), enter(house, name, Proof.PASSKEY)
    assert weak.get("/account").status_code == 200
    assert weak.get(place).headers["location"] == f"/sign-in/prove?next={place}"
    assert strong.get(place).status_code in {200, 404}, "the control"


@pytest.mark.parametrize("proof", list(Proof))
def test_what_counts_for_the_staff(house: FastAPI, proof: Proof) -> None:
    opens = enter(house, "ada", proof).get("/admin/certificates").status_code == 200
    assert opens == (proof not in {Proof.CODE, Proof.INVITATION})


def test_a_strong_proof_counts_for_a_day(house: FastAPI, ada_browser: TestClient, clock: StillClock) -> None:
    clock.pass_time(seconds=STRONG_LASTS.total_seconds() - 1)
    assert ada_browser.get("/admin/certificates").status_code == 200
    clock.pass_time(seconds=1)
    assert ada_browser.get("/admin/certificates").status_code == 303
    assert ada_browser.get("/account").status_code == 200


def test_whoever_has_nothing_yet_sets_it_up_and_what_she_sent_goes_through(house: FastAPI, course: object) -> None:
    """Nothing is lost: the new course that she began at a weak sign-in is there after her passkey is."""
    ines = enter(house, "ines")
    kept = ines.post("/author/new", data={"title": "Kept and Begun", "code": "kept-and-begun"}, headers=SAME)
    assert kept.headers["location"].startswith("/sign-in/prove?next=")
    page = ines.get("/sign-in/prove?next=/author").text
    assert "Set up a second way to sign in" in page
    assert "Nothing is lost" in page
    answer = add_passkey(ines, Phone(), "/author")
    assert answer.status_code == 303
    assert "x-continua-replay" not in answer.headers
    assert "Kept and Begun" in ines.get("/author").text


def test_what_the_staff_sent_in_one_browser_is_not_carried_in_by_another(house: FastAPI, course: object) -> None:
    reader_of_her_mail, ines = enter(house, "ines"), enter(house, "ines")
    sent = {"title": "Left at the Door", "code": "left-at-the-door"}
    reader_of_her_mail.post("/author/new", data=sent, headers=SAME)
    add_passkey(ines, Phone(), "/author")
    assert "Left at the Door" not in ines.get("/author").text


def test_whoever_reads_her_mail_adds_nothing_once_she_has_a_passkey(house: FastAPI, ada_browser: TestClient) -> None:
    weak = enter(house, "ada")
    assert weak.get("/account/security/passkeys/new").status_code == 200, "the control: nothing is there yet"
    add_passkey(ada_browser, Phone())
    for place in ("/account/security/passkeys/new", "/account/security/authenticator"):
        assert weak.get(place).headers["location"] == f"/sign-in/prove?next={place}"
    assert weak.post("/account/security/passkeys/options", headers=JSON).status_code == 401
    for act in ("passkeys/1/remove", "authenticator/begin", "recovery", "passkeys"):
        assert weak.post(f"/account/security/{act}", headers=SAME).status_code == 303
    assert "Send me a code" not in weak.get("/sign-in/prove?next=/admin").text
    assert ">My phone</a>" in ada_browser.get("/account/security").text


def test_an_app_and_a_recovery_code_open_the_staff_pages(
    house: FastAPI, clock: StillClock, ada_browser: TestClient
) -> None:
    secret, answer = set_up_app(ada_browser)
    assert answer.headers["location"] == "/account/security"
    codes = re.findall(r"<code>([A-Z0-9-]+)</code>", ada_browser.post("/account/security/recovery", headers=SAME).text)
    assert len(codes) == 10
    clock.pass_time(minutes=1)
    by_app, by_paper = enter(house, "ada"), enter(house, "ada")
    sent = {"code": code_of(secret, clock()), "next": "/admin/certificates"}
    assert by_app.post("/sign-in/prove/authenticator", data=sent | {"code": "0"}, headers=SAME).status_code == 422
    assert by_app.post("/sign-in/prove/authenticator", data=sent, headers=SAME).status_code == 303
    assert by_app.get("/admin/certificates").status_code == 200
    assert by_paper.post("/sign-in/prove/authenticator", data=sent, headers=SAME).status_code == 422, "it was used"
    sent = {"recovery": codes[3], "next": "/admin/certificates"}
    assert by_paper.post("/sign-in/prove/recovery", data=sent, headers=SAME).headers["location"] == sent["next"]
    assert by_paper.get("/admin/certificates").status_code == 200
    assert codes[3] not in by_paper.get("/account/security").text


def test_the_passkey_of_a_colleague_proves_nothing_for_her(house: FastAPI, ada_browser: TestClient) -> None:
    ines_phone = Phone()
    add_passkey(enter(house, "ines"), ines_phone)
    add_passkey(ada_browser, Phone())
    weak = enter(house, "ada")
    assert use_passkey(weak, ines_phone, "/sign-in/prove/passkey", "/admin/certificates").status_code == 422
    assert weak.get("/admin/certificates").status_code == 303


# --- just now ----------------------------------------------------------------------------------------------------


def test_what_hurts_asks_again_after_a_quarter_of_an_hour(hers: TestClient, clock: StillClock) -> None:
    assert hers.post("/account/security/passkeys/options", headers=JSON).status_code == 200
    clock.pass_time(seconds=FRESH.total_seconds())
    answer = hers.post("/account/security/passkeys/options", headers=JSON)
    assert answer.status_code == 401
    assert answer.json()["sign_in"].startswith("/sign-in/prove?next=")
    assert "Nothing is lost" not in hers.get("/sign-in/prove").text, "a question of a script is not kept"
    assert hers.get("/account/security").status_code == 200


def test_a_learner_proves_herself_by_mail_and_her_form_goes_through(
    house: FastAPI, hers: TestClient, clock: StillClock, postbox: Postbox
) -> None:
    add_passkey(hers, Phone())
    clock.pass_time(minutes=20)
    assert hers.post("/account/security/passkeys/1/remove", headers=SAME).status_code == 303
    assert ">My phone</a>" in hers.get("/account/security").text
    hers.post("/sign-in/prove/send", data={"next": "/account"}, headers=SAME)
    code = steps.code_for(house, postbox, "ana")
    assert hers.post("/sign-in/prove/code", data={"mailed": "1", "next": "/account"}, headers=SAME).status_code == 422
    answer = hers.post("/sign-in/prove/code", data={"mailed": code, "next": "/account"}, headers=SAME)
    assert answer.headers["location"] == "/account/security", "where the form that was kept leads"
    assert ">My phone</a>" not in hers.get("/account/security").text


# --- tokens ------------------------------------------------------------------------------------------------------


def test_each_proof_gives_a_new_token_and_the_old_one_opens_nothing(house: FastAPI, hers: TestClient) -> None:
    before = hers.cookies[TOKEN]
    add_passkey(hers, Phone())
    assert hers.cookies[TOKEN] != before
    thief = TestClient(house, base_url=PUBLIC, follow_redirects=False)
    thief.cookies.set(TOKEN, before, domain=HOST)
    assert thief.get("/account").status_code == 303
    assert hers.get("/account").status_code == 200


def test_a_token_that_was_planted_before_she_signed_in_is_not_hers_after(
    house: FastAPI, stranger: TestClient, hers: TestClient, his: TestClient
) -> None:
    phone, planted = Phone(), his.cookies[TOKEN]
    add_passkey(hers, phone)
    stranger.cookies.set(TOKEN, planted, domain=HOST)
    use_passkey(stranger, phone)
    thief = TestClient(house, base_url=PUBLIC, follow_redirects=False)
    thief.cookies.set(TOKEN, planted, domain=HOST)
    assert EMAILS["ana"] not in thief.get("/account").text
    assert thief.get("/account").status_code == 303, "what the browser held before has ended"


def test_control_a_sign_in_that_kept_its_token_would_be_found(
    house: FastAPI, hers: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hers.cookies[TOKEN]
    monkeypatch.setattr(sign_in, "new_token", lambda: before)
    add_passkey(hers, Phone())
    assert hers.cookies[TOKEN] == before
    assert hers.get("/account").status_code == 200


# --- where she is signed in --------------------------------------------------------------------------------------


def test_she_sees_where_she_is_signed_in_and_ends_it(hers: TestClient, sign_in_as: SignIn, his: TestClient) -> None:
    phone = sign_in_as("ana")
    page = hers.get("/account/sign-ins").text
    assert page.count("Last seen") == 2
    with_number = re.findall(r"/account/sign-ins/(\d+)/end", page)
    assert len(with_number) == 1
    assert his.post(f"/account/sign-ins/{with_number[0]}/end", headers=SAME).status_code == 404
    assert phone.get("/account").status_code == 200
    assert hers.post(f"/account/sign-ins/{with_number[0]}/end", headers=SAME).status_code == 303
    assert phone.get("/account").status_code == 303
    assert hers.get("/account").status_code == 200


def test_she_ends_all_others(hers: TestClient, sign_in_as: SignIn, his: TestClient) -> None:
    others = [sign_in_as("ana") for _ in range(3)]
    hers.post("/account/sign-ins/end-others", headers=SAME)
    assert [one.get("/account").status_code for one in (*others, hers, his)] == [303, 303, 303, 200, 200]


def test_a_browser_is_told_in_words(house: FastAPI, hers: TestClient, stranger: TestClient) -> None:
    phone = Phone()
    add_passkey(hers, phone)
    stranger.headers["user-agent"] = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
    use_passkey(stranger, phone)
    assert "Firefox on Windows" in hers.get("/account/sign-ins").text
    with house.state.wiring.database.read() as db:
        assert "Gecko" not in repr(db.exec(select(SignInRow)).all())


# --- her address -------------------------------------------------------------------------------------------------


def test_an_address_changes_with_a_code_to_the_new_one_and_a_letter_to_the_old(
    house: FastAPI, hers: TestClient, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EMAILS, "new", "ana.new@example.org")
    hers.post("/account/address", data={"email": EMAILS["new"]}, headers=SAME)
    code = steps.code_for(house, postbox, "new")
    sent = {"email": EMAILS["new"], "code": code}
    assert hers.post("/sign-in/code", data=sent, headers=SAME).status_code == 422, "it opens no door"
    assert hers.post("/account/address/code", data=sent, headers=SAME).headers["location"] == "/account/security"
    assert EMAILS["new"] in hers.get("/account").text
    assert "You now sign in with ana.new@example.org." in letters(house, "ana")[0]


def test_an_address_of_another_account_is_told_only_to_who_reads_its_mail(
    house: FastAPI, hers: TestClient, his: TestClient, postbox: Postbox
) -> None:
    theirs = hers.post("/account/address", data={"email": EMAILS["ben"]}, headers=SAME)
    nobodys = hers.post("/account/address", data={"email": "nobody@example.org"}, headers=SAME)
    assert theirs.text.replace(EMAILS["ben"], "X") == nobodys.text.replace("nobody@example.org", "X")
    code = steps.code_for(house, postbox, "ben")
    answer = hers.post("/account/address/code", data={"email": EMAILS["ben"], "code": code}, headers=SAME)
    assert answer.status_code == 409
    assert "ask the provider to merge them" in answer.text
    assert EMAILS["ana"] in hers.get("/account").text


# --- not too often -----------------------------------------------------------------------------------------------


def test_one_network_cannot_have_mail_sent_to_everybody_and_a_passkey_still_works(
    hers: TestClient, stranger: TestClient
) -> None:
    phone = Phone()
    add_passkey(hers, phone)
    told = [stranger.post("/sign-in", data={"email": f"p{n}@example.org"}, headers=SAME).status_code for n in range(45)]
    assert told[:40] == [200] * 40, "the control: an agency comes in on a Monday"
    assert told[-1] == 429
    assert use_passkey(stranger, phone).status_code == 303


@pytest.mark.parametrize("door", ["/sign-in/passkey", "/sign-in/prove/passkey", "/account/security/passkeys"])
def test_odd_bytes_are_no_fault(ada_browser: TestClient, door: str) -> None:
    for sent in ("", "{}", "null", '{"id": 1, "response": {}}', "\0", '{"response": {"clientDataJSON": "bnVsbA"}}'):
        assert ada_browser.post(door, data={"credential": sent}, headers=SAME).status_code == 422


def test_a_role_that_was_given_works_on_the_next_request_and_asks_for_a_proof(house: FastAPI, course: object) -> None:
    weak, strong = enter(house, "ben"), enter(house, "ben", Proof.PASSKEY)
    assert strong.get("/author").status_code == 403
    with house.state.wiring.database.write() as db:
        ben = the_cast.join(db, "ben")
        ben.role = Role.REVIEWER
        db.add(ben)
    assert strong.get("/author").status_code == 200
    assert weak.get("/author").headers["location"] == "/sign-in/prove?next=/author"


def test_sign_ins_that_ended_are_forgotten_after_a_month(house: FastAPI, hers: TestClient, clock: StillClock) -> None:
    hers.post("/sign-out", headers=SAME)
    for days, left in ((29, 1), (2, 0)):
        clock.pass_time(days=days)
        with house.state.wiring.database.write() as db:
            sign_in.purge(db, now=clock())
            assert len(db.exec(select(SignInRow)).all()) == left


def test_the_vault_is_beside_the_keys_and_not_in_the_database(house: FastAPI, ada_browser: TestClient) -> None:
    secret, _ = set_up_app(ada_browser)
    wiring = house.state.wiring
    assert wiring.vault.path == wiring.settings.data / "keys" / "vault.key"
    with wiring.database.read() as db:
        ada = the_cast.people.known(db, EMAILS["ada"])
        kept = authenticators.of(db, ada)
        assert kept is not None
        assert authenticators.secret_of(kept, ada, wiring.vault) == secret.replace(" ", "")
        assert recovery.left(db, ada) == 0
        assert kept.confirmed_at == NOON + timedelta(0)
