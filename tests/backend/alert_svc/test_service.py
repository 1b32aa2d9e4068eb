"""alert_svc on real servers: a value that is wrong becomes an incident with its messages, and ends."""

from tests.backend.alert_svc.running import running_alerts


async def test_a_value_beyond_the_threshold_becomes_an_incident_that_ends_with_it(service_env: dict[str, str]) -> None:
    async with running_alerts(service_env) as alerts:
        await alerts.channel("ops")
        rule = await alerts.rule("smoke.depth", channels=["ops"])
        alerts.measure("smoke.depth", 12.0)
        incident = await alerts.until_incident(rule.id)
        assert await alerts.queued(incident.id) == ["fired:ops:0.0"]
        assert (await alerts.get_rule(rule.id)).state == "firing"
        alerts.measure("smoke.depth", 3.0)
        incident = await alerts.until_incident(rule.id, "resolved")
        assert await alerts.queued(incident.id) == ["fired:ops:0.0", "resolved:ops:0.0"]
        detail = await alerts.detail(incident.id)
        print(detail.markdown)
        assert (await alerts.get_rule(rule.id)).state == "resolved"
