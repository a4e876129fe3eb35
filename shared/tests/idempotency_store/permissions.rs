//! Where IAM does not grant PartiQL.

use lambda_queue::IdempotencyStore;
use lambda_queue::idempotency::{Extension, LeaseOutcome, Release};

use crate::dynamodb::DynamoDb;
use crate::faults::{Fault, STATEMENTS, every};
use crate::request::{claims, extension, release};
use crate::stores::all_won;

#[tokio::test]
async fn where_partiql_is_denied_everything_goes_the_single_way_and_one_warning_is_logged() {
    for fault in [
        Fault::Refuse(400, "AccessDeniedException"),
        Fault::SkipStatements(vec![0, 1, 2], "AccessDenied"),
    ] {
        let db = DynamoDb::start().await;
        let store = db.batched();
        db.http.inject(every(STATEMENTS, fault));
        let log = crate::log::Captured::default();
        let _capturing = log.capture();
        let claims = claims(3);
        all_won(store.claim(&claims).await, 3);
        let extensions: Vec<Extension> = claims.iter().map(extension).collect();
        for outcome in store.extend(&extensions, 3).await {
            assert_eq!(outcome.unwrap(), LeaseOutcome::Applied);
        }
        let releases: Vec<Release> = claims.iter().map(release).collect();
        for outcome in store.clone().release(&releases, 3).await {
            assert_eq!(outcome.unwrap(), LeaseOutcome::Applied);
        }
        assert_eq!(db.http.count(STATEMENTS), 1);
        assert_eq!(db.http.count("UpdateItem"), 9);
        let log = log.text();
        assert_eq!(log.matches("PartiQLInsert").count(), 1, "{log}");
        assert_eq!(log.matches("PartiQLUpdate").count(), 1, "{log}");
    }
}
