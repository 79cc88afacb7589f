import Persistence
package import Resources
import Secrets

/// Telling others of what happens.
package enum Webhooks {
    package static let area = Area(
        "webhooks", resources: [Webhook.self, WebhookDelivery.self], actions: WebhookEndpoints.all,
        jobs: [WebhookLook.job] + WebhookUpkeep.jobs, checks: checks,
        sealed: ["secret", "old_secret"].map { SealedColumn(Webhook.info.table, key: Webhook.info.key, $0) })

    private static let checks = [
        Check(
            "every webhook has a place in the feed", of: "webhook",
            """
            SELECT webshop_id, webhook_id, 'none', 'a place' FROM webhooks w WHERE removed_on IS NULL AND NOT EXISTS
            (SELECT 1 FROM webhook_states s WHERE s.webshop_id = w.webshop_id AND s.webhook_id = w.webhook_id) ORDER BY 1, 2
            """),
        Check(
            "of what waits for a webhook, the first of each object is due", of: "webhook",
            """
            SELECT webshop_id, webhook_id, 'event ' || event_id || ' due never', 'due' FROM webhook_waits w WHERE due IS NULL
            AND NOT EXISTS (SELECT 1 FROM webhook_waits b WHERE b.webshop_id = w.webshop_id AND b.webhook_id = w.webhook_id
            AND b.resource = w.resource AND b.resource_id = w.resource_id AND b.position < w.position) ORDER BY 1, 2
            """),
    ]
}
