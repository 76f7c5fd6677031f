use proptest::prelude::*;

use super::*;

const MS: Duration = Duration::from_millis(1);

fn breaker() -> Breaker {
    Breaker::new(BreakerConfig { failures: NonZeroU8::new(3).unwrap(), ..BreakerConfig::default() })
}

fn fail(breaker: &mut Breaker, now: Instant) {
    let pass = breaker.admit(now).unwrap();
    breaker.settle(pass, Verdict::Failed, now);
}

fn open(now: Instant) -> Breaker {
    let mut breaker = breaker();
    (0..3).for_each(|_| fail(&mut breaker, now));
    assert_eq!(breaker.position(), Position::Open);
    breaker
}

/// Each step at its millisecond: `x` a call that fails, `.` one that is answered; is it open at the end?
#[track_caller]
fn check_opens(steps: &[(u64, char)], expected: Position) {
    let (mut breaker, start) = (breaker(), Instant::now());
    for (at, step) in steps {
        let now = start + MS * u32::try_from(*at).unwrap();
        let pass = breaker.admit(now).unwrap();
        let verdict = if *step == 'x' { Verdict::Failed } else { Verdict::Answered };
        breaker.settle(pass, verdict, now);
    }
    assert_eq!(breaker.position(), expected, "{steps:?}");
}

#[test]
fn failures_in_a_row_within_the_window_open_it() {
    check_opens(&[(0, 'x'), (1, 'x')], Position::Closed);
    check_opens(&[(0, 'x'), (1, 'x'), (2, 'x')], Position::Open);
    check_opens(&[(0, 'x'), (1, 'x'), (2, '.'), (3, 'x')], Position::Closed);
    check_opens(&[(0, 'x'), (1, 'x'), (10_000, 'x')], Position::Open);
    check_opens(&[(0, 'x'), (1, 'x'), (10_001, 'x')], Position::Closed);
    check_opens(&[(0, 'x'), (1, 'x'), (10_001, 'x'), (10_001, 'x')], Position::Open);
}

#[test]
fn an_open_one_refuses_at_once_and_says_for_how_long() {
    let now = Instant::now();
    let mut breaker = open(now);
    assert_eq!(breaker.admit(now + MS * 30), Err(Refusal { retry_after: MS * 70 }));
    assert!(breaker.admit(now + MS * 100).unwrap().probe);
}

#[test]
fn one_probe_goes_and_the_others_wait_for_it() {
    let now = Instant::now() + MS * 100;
    let mut breaker = open(now - MS * 100);
    let probe = breaker.admit(now).unwrap();
    assert_eq!(breaker.admit(now), Err(Refusal { retry_after: MS * 100 }));
    breaker.settle(probe, Verdict::Answered, now);
    assert_eq!(breaker.position(), Position::Closed);
    assert!(!breaker.admit(now).unwrap().probe);
}

#[test]
fn a_failed_probe_doubles_the_backoff_up_to_the_longest() {
    let mut now = Instant::now();
    let mut breaker = open(now);
    for waited in [100, 200, 400, 500, 500] {
        assert_eq!(breaker.admit(now), Err(Refusal { retry_after: MS * waited }));
        now += MS * waited;
        fail(&mut breaker, now);
    }
}

#[test]
fn a_probe_whose_caller_left_is_followed_by_another() {
    let now = Instant::now() + MS * 100;
    let mut breaker = open(now - MS * 100);
    let probe = breaker.admit(now).unwrap();
    breaker.settle(probe, Verdict::Unknown, now);
    assert!(breaker.admit(now).unwrap().probe);
}

#[test]
fn a_probe_that_is_never_answered_is_overtaken_and_its_verdict_comes_too_late() {
    let now = Instant::now() + MS * 100;
    let mut breaker = open(now - MS * 100);
    let lost = breaker.admit(now).unwrap();
    let second = breaker.admit(now + MS * 100).unwrap();
    assert!(second.probe);
    breaker.settle(lost, Verdict::Failed, now + MS * 101);
    assert_eq!(breaker.position(), Position::Probing);
    breaker.settle(second, Verdict::Answered, now + MS * 102);
    assert_eq!(breaker.position(), Position::Closed);
}

#[test]
fn a_late_answer_closes_nothing_and_a_late_failure_opens_nothing() {
    let now = Instant::now();
    let mut breaker = breaker();
    let early = breaker.admit(now).unwrap();
    (0..3).for_each(|_| fail(&mut breaker, now));
    breaker.settle(early, Verdict::Answered, now);
    assert_eq!(breaker.position(), Position::Open);
    let probe = breaker.admit(now + MS * 100).unwrap();
    breaker.settle(probe, Verdict::Answered, now + MS * 100);
    (0..9).for_each(|_| breaker.settle(early, Verdict::Failed, now + MS * 101));
    assert_eq!(breaker.position(), Position::Closed);
}

#[derive(Debug, Clone)]
enum Step {
    Wait(u32),
    Begin,
    End(usize, Verdict),
}

fn step() -> impl Strategy<Value = Step> {
    let verdict = prop_oneof![Just(Verdict::Answered), Just(Verdict::Failed), Just(Verdict::Unknown)];
    prop_oneof![
        (0_u32..700).prop_map(Step::Wait),
        Just(Step::Begin),
        (0_usize..8, verdict).prop_map(|(which, verdict)| Step::End(which, verdict)),
    ]
}

proptest! {
    /// Whatever happens: a refusal never lasts beyond the longest back-off; two probes lie a back-off apart unless the first
    /// has its verdict; and a server that is back is found by the first call after the longest back-off.
    #[test]
    fn callers_are_never_shut_out_for_longer_than_the_longest_backoff(
        steps in proptest::collection::vec(step(), 0..80)
    ) {
        let (mut breaker, mut now) = (breaker(), Instant::now());
        let (mut under_way, mut probe): (Vec<Pass>, Option<(Pass, Instant)>) = (Vec::new(), None);
        for step in steps {
            match step {
                Step::Wait(millis) => now += MS * millis,
                Step::Begin => match breaker.admit(now) {
                    Ok(pass) => {
                        if pass.probe {
                            if let Some((_, since)) = probe {
                                prop_assert!(now - since >= MS * 100);
                            }
                            probe = Some((pass, now));
                        }
                        under_way.push(pass);
                    }
                    Err(refusal) => {
                        prop_assert!(breaker.position() != Position::Closed);
                        prop_assert!(refusal.retry_after <= MS * 500 && refusal.retry_after > Duration::ZERO);
                    }
                },
                Step::End(which, verdict) if which < under_way.len() => {
                    let pass = under_way.swap_remove(which);
                    breaker.settle(pass, verdict, now);
                    probe = probe.filter(|(probing, _)| *probing != pass);
                }
                Step::End(..) => {}
            }
        }
        now += MS * 500;
        let pass = breaker.admit(now);
        prop_assert!(pass.is_ok());
        breaker.settle(pass.unwrap(), Verdict::Answered, now);
        prop_assert_eq!(breaker.position(), Position::Closed);
    }
}
