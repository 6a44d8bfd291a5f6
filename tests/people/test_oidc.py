"""Signing in at an identity provider, over real HTTP, with tokens that hold and tokens that do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from sqlalchemy import update

from clearbay.apply.desk import Desk
from clearbay.apply.identity import providers
from clearbay.model.errors import BadInput
from clearbay.share.app import api
from clearbay.store import audit, chain
from clearbay.store.people import People
from clearbay.store.tables_people import sign_in_flow

from .conftest import Browser, Served, add
from .provider import IdentityProvider, running

FILE = """
[city]
name = "City portal"
issuer = "{issuer}"
client_id = "clearbay"
client_secret = "s3:cret/+"
domains = ["example.gov"]
create = true
login = "email"
jurisdiction = "440300"
jurisdiction_claim = "district"
[city.roles]
"EPB duty" = "duty_officer"
"EPB field" = "handler"
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[IdentityProvider]:
    with running() as found:
        yield found


@pytest.fixture
def provider(shared: IdentityProvider) -> IdentityProvider:
    shared.spoil = ""
    shared.claims = {
        "sub": "248289761001", "name": "Li Wei", "email": "li@example.gov", "email_verified": True,
        "groups": ["EPB field", "staff"], "district": "440305",
    }  # fmt: skip
    return shared


@pytest.fixture
def served(home: Any, provider: IdentityProvider) -> Served:
    (home.path / "oidc.toml").write_text(FILE.format(issuer=provider.issuer), encoding="utf-8")
    return Served(home, api(Desk(home)))


def went(browser: Browser) -> str:
    answer = browser.client.get("/api/session/oidc/city", follow_redirects=False)
    assert answer.status_code == 302, answer.text
    assert "httponly" in answer.headers["set-cookie"].lower()
    return str(answer.headers["location"])


def came_back(browser: Browser, sent: dict[str, str]) -> Any:
    return browser.client.get("/api/session/oidc/city/callback", params=sent, follow_redirects=False)


def sign_in(served: Served, provider: IdentityProvider) -> tuple[Browser, Any]:
    browser = served.browser()
    return browser, came_back(browser, provider.authorize(went(browser)))


def test_a_person_signs_in_elsewhere(served: Served, provider: IdentityProvider) -> None:
    """The first time an account is made as the operator's table says; the second time it is brought up to date."""
    assert served.browser().get("/api/me").json()["oidc"] == [{"id": "city", "name": "City portal"}]
    browser, answer = sign_in(served, provider)
    assert (answer.status_code, answer.headers["location"]) == (302, "/?view=desk")
    me = browser.get("/api/me").json()
    assert (me["id"], me["name"], me["roles"], me["jurisdiction"]["code"]) == (
        "li-example.gov", "Li Wei", ["handler"], "440305",
    )  # fmt: skip
    assert me["has_password"] is False
    provider.claims |= {"groups": ["EPB duty"], "district": "440300", "email": "other@example.gov"}
    again, answer = sign_in(served, provider)
    assert again.get("/api/me").json()["roles"] == ["duty_officer"]
    assert browser.get("/api/me").json()["signed_in"] is False
    assert len(People(served.home).every()) == 1


@pytest.mark.parametrize(
    "spoil",
    ["nonce", "no nonce", "audience", "audiences", "azp", "expired", "no exp", "no sub", "issuer", "signature", "none",
     "shared", "unknown key", "changed"],
)  # fmt: skip
def test_a_token_that_does_not_hold_opens_nothing(served: Served, provider: IdentityProvider, spoil: str) -> None:
    """Wrong or missing nonce, audience, issuer, times; another's signature, none, a public key used as a secret."""
    provider.spoil = spoil
    browser, answer = sign_in(served, provider)
    assert answer.status_code == 403, answer.text
    assert browser.get("/api/me").json()["signed_in"] is False
    assert not People(served.home).every()
    last = orjson.loads(list(chain.entries(served.home.evidence, audit.CHAIN))[-1].data)
    assert (last["kind"], last["data"]["via"]) == ("sign-in failed", "oidc city")


def test_an_answer_counts_once_and_from_the_browser_that_asked(served: Served, provider: IdentityProvider) -> None:
    """Another browser, another state, the same answer twice, one that took too long: nobody is signed in."""
    browser, other = served.browser(), served.browser()
    sent = provider.authorize(went(browser))
    went(other)
    assert came_back(other, sent).status_code == 403  # the attacker's answer in the victim's browser
    assert came_back(browser, sent).status_code == 403  # it was taken by that attempt
    sent = provider.authorize(went(browser))
    assert came_back(browser, {**sent, "state": "other"}).status_code == 403
    assert came_back(browser, {**sent, "iss": "https://evil.example"}).status_code == 403
    sent = provider.authorize(went(browser))
    with served.home.records.write() as connection:
        connection.execute(update(sign_in_flow).values(made=0))
    assert came_back(browser, sent).status_code == 403
    sent = provider.authorize(went(browser))
    assert came_back(browser, sent).status_code == 302
    assert came_back(browser, sent).status_code == 403
    assert came_back(browser, {"error": "access_denied", "state": "x"}).status_code == 403


def test_a_stolen_code_is_worth_nothing(served: Served, provider: IdentityProvider) -> None:
    """Without the verifier of the browser that asked the provider refuses the code (PKCE)."""
    victim, thief = served.browser(), served.browser()
    stolen = provider.authorize(went(victim))["code"]
    own = provider.authorize(went(thief))
    assert came_back(thief, {"state": own["state"], "code": stolen}).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "li@evil.example"},
        {"email": "li@notexample.gov"},
        {"email_verified": False},
        {"groups": ["staff"]},
        {"groups": None},
        {"district": "440400"},
        {"district": "100000"},
        {"district": ""},
    ],
    ids=str,
)
def test_who_is_not_meant_is_not_let_in(served: Served, provider: IdentityProvider, claims: dict[str, Any]) -> None:
    """Another domain, an address nobody has checked, no role here, another jurisdiction."""
    provider.claims |= claims
    assert sign_in(served, provider)[1].status_code == 403
    assert not People(served.home).every()


def test_accounts_are_never_joined_by_a_name(served: Served, provider: IdentityProvider) -> None:
    """A login that is somebody's here is not given to an identity; a disabled account stays so."""
    add(served.home, "li-example.gov", "operator")
    assert sign_in(served, provider)[1].status_code == 403
    People(served.home).change("li-example.gov", by=None, provider="city", subject="248289761001")
    assert sign_in(served, provider)[1].status_code == 302
    assert People(served.home).get("li-example.gov").roles == ("handler",)
    People(served.home).change("li-example.gov", by=None, disabled=True)
    assert sign_in(served, provider)[1].status_code == 403


def test_a_provider_that_is_not_itself_is_not_believed(served: Served, provider: IdentityProvider) -> None:
    """The description must carry the issuer that the operator wrote down; an unknown provider is not there."""
    provider.spoil = "described"
    assert served.browser().client.get("/api/session/oidc/city", follow_redirects=False).status_code == 403
    assert served.browser().client.get("/api/session/oidc/other", follow_redirects=False).status_code == 404


def test_keys_are_kept_and_looked_up_again_when_changed(served: Served, provider: IdentityProvider) -> None:
    """One reading serves many; a flood of unknown keys does not become a flood of readings."""
    before = provider.key_reads
    for _ in range(3):
        assert sign_in(served, provider)[1].status_code == 302
    provider.spoil = "unknown key"
    for _ in range(3):
        assert sign_in(served, provider)[1].status_code == 403
    assert provider.key_reads == before + 1


@pytest.mark.parametrize(
    "text",
    ["[city", "[city]\nissuer='https://a'", "[City]\nissuer='https://a'\nclient_id='c'",
     "[a]\nissuer='http://a.example'\nclient_id='c'", "[a]\nissuer='https://a'\nclient_id='c'\nroles={x='king'}",
     "[a]\nissuer='https://a'\nclient_id='c'\nsecret='x'", "[a]\nissuer='https://a'\nclient_id='c'\njurisdiction='9'"],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_what_is_wrong(tmp_path: Any, text: str) -> None:
    """The server does not start on a file that it would misread."""
    (tmp_path / "oidc.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"oidc\.toml"):
        providers(tmp_path, {})


def test_the_environment_can_say_it_all(tmp_path: Any) -> None:
    """One provider without a file; a secret out of the file."""
    given = {
        "CLEARBAY_OIDC_ISSUER": "https://a.example", "CLEARBAY_OIDC_CLIENT_ID": "c", "CLEARBAY_OIDC_CLIENT_SECRET": "s",
        "CLEARBAY_OIDC_ROLES": "EPB duty=duty_officer, x=handler", "CLEARBAY_OIDC_DOMAINS": "A.example,b.example",
        "CLEARBAY_OIDC_CREATE": "yes",
    }  # fmt: skip
    one = providers(tmp_path, given)["oidc"]
    assert (one.client_secret, one.domains, one.create) == ("s", ("a.example", "b.example"), True)
    assert one.roles == {"EPB duty": "duty_officer", "x": "handler"}
    assert "s3" not in repr(one)
    (tmp_path / "oidc.toml").write_text("[a]\nissuer='https://a'\nclient_id='c'", encoding="utf-8")
    assert providers(tmp_path, {"CLEARBAY_OIDC_A_SECRET": "t"})["a"].client_secret == "t"
