//! What an operator sees: admin listener, metrics.

use testkit::Pair;

use crate::http1::send;

#[tokio::test]
async fn admin_tells_health_and_metrics() {
    let pair = Pair::start().await;
    for running in [&pair.json, &pair.cache] {
        // Answered when the service is there; the admin listener answers before.
        assert_eq!(send(running.address, "GET", "/v1/limits", &[], b"").await.status, 200);
        assert_eq!(send(running.admin, "GET", "/healthz", &[], b"").await.status, 200);
        assert_eq!(send(running.admin, "GET", "/readyz", &[], b"").await.status, 200);
    }
    send(pair.json.address, "POST", "/v1/validate", &[], b"1").await;
    send(pair.json.address, "POST", "/v1/validate", &[], &[b'['; 129]).await;
    let metrics = send(pair.json.admin, "GET", "/metrics", &[], b"").await;
    assert_eq!(metrics.status, 200);
    for name in ["rpc_requests_total", "rpc_duration_seconds", "compute_total"] {
        assert!(metrics.text().contains(name), "{name} in\n{}", metrics.text());
    }
    let breach = "failures_total{reason=\"DEPTH_LIMIT\"} ";
    assert!(metrics.text().contains(breach), "{breach} in\n{}", metrics.text());
    pair.stop().await;
}
