//! libFuzzer's main function, over the target that `FUZZ_TARGET` names.

#![no_main]

use std::sync::OnceLock;

use lambda_queue_fuzz::Target;
use libfuzzer_sys::fuzz_target;

fn target() -> Target {
    static TARGET: OnceLock<Target> = OnceLock::new();
    *TARGET.get_or_init(|| {
        let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
        Target::named(&name).unwrap_or_else(|| panic!("FUZZ_TARGET names no target: {name:?}"))
    })
}

fuzz_target!(|data: &[u8]| (target().check)(data));
