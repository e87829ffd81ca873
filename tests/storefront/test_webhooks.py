"""A provider's callback is believed for its signature alone."""


def _post(client, settings, body=b"{}", **headers):
    return client.post(
        "/webhooks/wechatpay/", body, content_type="application/json", HTTP_HOST=settings.MARKET_HOST, **headers
    )


def test_without_a_signature_it_is_refused_with_a_reason(committed_db, client, settings, wechat_settings):
    answer = _post(client, settings)
    assert answer.status_code in (400, 401) and answer.json()["code"] == "FAIL"


def test_a_huge_body_is_refused_before_it_is_read(committed_db, client, settings, wechat_settings):
    answer = _post(client, settings, b"x" * 70_000)
    assert answer.status_code == 400 and answer.json()["message"] == "too_large"


def test_without_a_provider_set_up_nobody_is_believed(committed_db, client, settings):
    settings.WECHATPAY = {**settings.WECHATPAY, "sp_mchid": ""}
    answer = _post(client, settings)
    assert answer.status_code == 400 and answer.json()["message"] == "not_configured"
