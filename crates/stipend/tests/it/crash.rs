//! A process that dies at any step leaves a state from which the same calls give the same result.
use crate::world::{ENGINES, POOL, World, log};

/// Imports and settles two files; each call is repeated until it succeeds, as an operator would.
fn play(world: &World, failpoint: Option<&str>) -> u32 {
    let mut deaths = 0;
    let mut call = |words: &[&str]| {
        for attempt in 0..4 {
            let mut command = world.command();
            // The failpoint is armed until it was hit once.
            if let (Some(point), 0) = (failpoint, deaths) {
                command.env("STIPEND_FAILPOINT", point);
            }
            let output = command.args(words).output().expect("the binary runs");
            if output.status.success() {
                return;
            }
            deaths += 1;
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.code().is_none(), "attempt {attempt} {words:?}: {error}");
        }
        panic!("{words:?} never succeeded");
    };
    for name in ["1.ndjson", "2.ndjson"] {
        call(&["import", "events", &world.at(name)]);
        call(&["settle", "--through", "latest"]);
    }
    deaths
}

fn prepare(engine: crate::world::Engine) -> World {
    let world = World::small(engine, POOL);
    let rows = log(21, 500, 3);
    world.file("1.ndjson", rows[..350].join("\n"));
    world.file("2.ndjson", rows[350..].join("\n"));
    world
}

fn result(world: &World) -> (String, String, String) {
    // Batch digests chain over the same transfers in the same order.
    (world.standing(), world.counted(), world.ok(&["export", "journal"]))
}

#[test]
fn a_kill_at_each_step_and_a_rerun_give_the_same() {
    for engine in ENGINES {
        let calm = prepare(engine);
        assert_eq!(play(&calm, None), 0);
        let expected = result(&calm);
        for point in app::failpoint::ALL {
            for time in [1, 2] {
                let world = prepare(engine);
                let deaths = play(&world, Some(&format!("{point}@{time}")));
                assert!(deaths > 0 || time > 1, "{point} was never reached");
                assert_eq!(result(&world), expected, "{engine:?} {point}@{time}");
                world.check();
            }
        }
    }
}
