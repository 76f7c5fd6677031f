//! The functions of C's libm.
//!
//! Cost: a few nanoseconds beside the text of the result. Integers that a rounding leaves alone stay exact.

use super::super::fault::{Answer, Fault};
use super::super::text::described;
use super::super::val::Val;
use super::{Native, native};

pub(super) static TABLE: &[Native] = &[
    native("floor", 0, |val, _| rounded(val, f64::floor)),
    native("ceil", 0, |val, _| rounded(val, f64::ceil)),
    native("round", 0, |val, _| rounded(val, f64::round)),
    native("trunc", 0, |val, _| rounded(val, f64::trunc)),
    native("rint", 0, |val, _| rounded(val, f64::round_ties_even)),
    native("nearbyint", 0, |val, _| rounded(val, f64::round_ties_even)),
    native("sqrt", 0, |val, _| unary(&val, f64::sqrt)),
    native("cbrt", 0, |val, _| unary(&val, f64::cbrt)),
    native("fabs", 0, |val, _| magnitude(val)),
    native("exp", 0, |val, _| unary(&val, f64::exp)),
    native("exp2", 0, |val, _| unary(&val, f64::exp2)),
    native("exp10", 0, |val, _| unary(&val, exp10)),
    native("pow10", 0, |val, _| unary(&val, exp10)),
    native("expm1", 0, |val, _| unary(&val, f64::exp_m1)),
    native("log", 0, |val, _| unary(&val, f64::ln)),
    native("log2", 0, |val, _| unary(&val, f64::log2)),
    native("log10", 0, |val, _| unary(&val, f64::log10)),
    native("log1p", 0, |val, _| unary(&val, f64::ln_1p)),
    native("sin", 0, |val, _| unary(&val, f64::sin)),
    native("cos", 0, |val, _| unary(&val, f64::cos)),
    native("tan", 0, |val, _| unary(&val, f64::tan)),
    native("asin", 0, |val, _| unary(&val, f64::asin)),
    native("acos", 0, |val, _| unary(&val, f64::acos)),
    native("atan", 0, |val, _| unary(&val, f64::atan)),
    native("sinh", 0, |val, _| unary(&val, f64::sinh)),
    native("cosh", 0, |val, _| unary(&val, f64::cosh)),
    native("tanh", 0, |val, _| unary(&val, f64::tanh)),
    native("asinh", 0, |val, _| unary(&val, libm::asinh)),
    native("acosh", 0, |val, _| unary(&val, libm::acosh)),
    native("atanh", 0, |val, _| unary(&val, libm::atanh)),
    native("j0", 0, |val, _| unary(&val, libm::j0)),
    native("j1", 0, |val, _| unary(&val, libm::j1)),
    native("y0", 0, |val, _| unary(&val, libm::y0)),
    native("y1", 0, |val, _| unary(&val, libm::y1)),
    native("erf", 0, |val, _| unary(&val, libm::erf)),
    native("erfc", 0, |val, _| unary(&val, libm::erfc)),
    native("gamma", 0, |val, _| unary(&val, libm::lgamma)),
    native("lgamma", 0, |val, _| unary(&val, libm::lgamma)),
    native("tgamma", 0, |val, _| unary(&val, libm::tgamma)),
    native("logb", 0, |val, _| unary(&val, logb)),
    native("significand", 0, |val, _| unary(&val, significand)),
    native("lgamma_r", 0, |val, _| lgamma_r(&val)),
    native("frexp", 0, |val, _| frexp(&val)),
    native("modf", 0, |val, _| modf(&val)),
    native("pow", 2, |_, args| binary(args, f64::powf)),
    native("atan2", 2, |_, args| binary(args, f64::atan2)),
    native("fmod", 2, |_, args| binary(args, |left, right| left % right)),
    native("fmin", 2, |_, args| binary(args, f64::min)),
    native("fmax", 2, |_, args| binary(args, f64::max)),
    native("fdim", 2, |_, args| binary(args, libm::fdim)),
    native("hypot", 2, |_, args| binary(args, f64::hypot)),
    native("copysign", 2, |_, args| binary(args, f64::copysign)),
    native("nextafter", 2, |_, args| binary(args, libm::nextafter)),
    native("nexttoward", 2, |_, args| binary(args, libm::nextafter)),
    native("drem", 2, |_, args| binary(args, libm::remainder)),
    native("remainder", 2, |_, args| binary(args, libm::remainder)),
    native("ldexp", 2, |_, args| binary(args, |left, right| libm::scalbn(left, cut(right)))),
    native("scalb", 2, |_, args| binary(args, scalb)),
    native("scalbln", 2, |_, args| binary(args, |left, right| libm::scalbn(left, cut(right)))),
    native("jn", 2, |_, args| binary(args, |order, at| libm::jn(cut(order), at))),
    native("yn", 2, |_, args| binary(args, |order, at| libm::yn(cut(order), at))),
    native("fma", 3, |_, args| fma(args)),
    native("abs", 0, |val, _| absolute(val)),
    native("infinite", 0, |_, _| Ok(Val::double(f64::INFINITY))),
    native("nan", 0, |_, _| Ok(Val::double(f64::NAN))),
    native("isnan", 0, |val, _| Ok(is(&val, f64::is_nan))),
    native("isinfinite", 0, |val, _| Ok(is(&val, f64::is_infinite))),
    native("isnormal", 0, |val, _| Ok(is(&val, f64::is_normal))),
    native("isfinite", 0, |val, _| Ok(is(&val, |double| !double.is_infinite()))),
];

fn number(val: &Val) -> Result<f64, Fault> {
    val.as_double().ok_or_else(|| Fault::raise(&format!("{} number required", described(val))))
}

fn unary(val: &Val, function: impl Fn(f64) -> f64) -> Answer {
    Ok(Val::double(function(number(val)?)))
}

fn rounded(val: Val, function: impl Fn(f64) -> f64) -> Answer {
    if val.as_integer().is_some() {
        return Ok(val);
    }
    unary(&val, function)
}

fn binary(args: &[Val], function: impl Fn(f64, f64) -> f64) -> Answer {
    Ok(Val::double(function(number(&args[0])?, number(&args[1])?)))
}

fn fma(args: &[Val]) -> Answer {
    Ok(Val::double(number(&args[0])?.mul_add(number(&args[1])?, number(&args[2])?)))
}

/// Cut to an integer; the cast saturates, which no exponent notices.
fn cut(double: f64) -> i32 {
    double as i32
}

fn is(val: &Val, test: impl Fn(f64) -> bool) -> Val {
    val.as_double().is_some_and(test).into()
}

/// As glibc rounds it.
fn exp10(double: f64) -> f64 {
    10.0_f64.powf(double)
}

fn scalb(double: f64, exponent: f64) -> f64 {
    if exponent.is_nan() || exponent.is_finite() && exponent.fract() != 0.0 {
        return f64::NAN;
    }
    match (exponent.is_infinite(), exponent > 0.0) {
        (true, true) => double * exponent,
        (true, false) => double / -exponent,
        (false, _) => libm::scalbn(double, cut(exponent)),
    }
}

fn logb(double: f64) -> f64 {
    match double {
        _ if double == 0.0 => f64::NEG_INFINITY,
        _ if double.is_finite() => f64::from(libm::ilogb(double)),
        _ => double * double,
    }
}

fn significand(double: f64) -> f64 {
    if double == 0.0 || !double.is_finite() {
        return double;
    }
    libm::scalbn(double, -libm::ilogb(double))
}

fn pair(first: f64, second: f64) -> Answer {
    Ok(Val::collect(vec![Val::double(first), Val::double(second)]))
}

fn lgamma_r(val: &Val) -> Answer {
    let (size, sign) = libm::lgamma_r(number(val)?);
    pair(size, f64::from(if sign == 0 { 1 } else { sign }))
}

fn frexp(val: &Val) -> Answer {
    let double = number(val)?;
    if !double.is_finite() {
        return pair(double, 0.0);
    }
    let (fraction, exponent) = libm::frexp(double);
    pair(fraction, f64::from(exponent))
}

fn modf(val: &Val) -> Answer {
    let double = number(val)?;
    if double.is_infinite() {
        return pair(0.0_f64.copysign(double), double);
    }
    pair((double - double.trunc()).copysign(double), double.trunc())
}

/// Every value that is less than zero is negated, the others pass, whatever they are.
fn absolute(val: Val) -> Answer {
    let is_negative = super::super::compare::less(&val, &Val::integer(0))?;
    if is_negative { super::super::arithmetic::negate(val) } else { Ok(val) }
}

/// As C's `fabs`; of an integer as exact as `length`.
fn magnitude(val: Val) -> Answer {
    if val.as_integer().is_some() {
        return absolute(val);
    }
    unary(&val, f64::abs)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    /// Answers of jq 1.8.2.
    #[test]
    fn functions() {
        for (name, input, expected) in [
            ("floor", "-1.5", "-2"),
            ("round", "2.5", "3"),
            ("rint", "2.5", "2"),
            ("trunc", "-1.7", "-1"),
            ("floor", "9007199254740993", "9007199254740993"),
            ("exp10", "0.5", "3.1622776601683795"),
            ("gamma", "0.5", "0.5723649429247001"),
            ("tgamma", "5", "24"),
            ("lgamma_r", "-1", "[1.7976931348623157e+308,1]"),
            ("frexp", "8", "[0.5,4]"),
            ("frexp", "0", "[0,0]"),
            ("frexp", "5e-324", "[0.5,-1073]"),
            ("modf", "-1.5", "[-0.5,-1]"),
            ("logb", "8", "3"),
            ("logb", "0", "-1.7976931348623157e+308"),
            ("significand", "8", "1"),
            ("j0", "0.5", "0.9384698072408129"),
            ("erf", "0.5", "0.5204998778130465"),
            ("abs", "-1.50", "1.50"),
            ("abs", "-1e-400", "1E-400"),
            ("abs", "-0", "-0"),
            ("fabs", "-1000000000000000002", "1000000000000000002"),
            ("fabs", "-1.50", "1.5"),
            ("abs", "\"a\"", "\"a\""),
            ("abs", "null", "null (null) cannot be negated"),
            ("sin", "null", "null (null) number required"),
            ("isnormal", "0", "false"),
            ("isinfinite", "\"a\"", "false"),
        ] {
            check(name, input, &[], expected);
        }
    }

    #[test]
    fn of_two_and_three() {
        for (name, args, expected) in [
            ("pow", ["2", "10"].as_slice(), "1024"),
            ("pow", &["2", "0.5"], "1.4142135623730951"),
            ("fmod", &["-5.5", "2"], "-1.5"),
            ("ldexp", &["1.5", "3"], "12"),
            ("ldexp", &["1", "1.9"], "2"),
            ("drem", &["5", "3"], "-1"),
            ("nextafter", &["1", "2"], "1.0000000000000002"),
            ("jn", &["1", "2"], "0.5767248077568733"),
            ("yn", &["1", "2"], "-0.10703243154093756"),
            ("fma", &["2", "3", "4"], "10"),
            ("pow", &["\"a\"", "1"], "string (\"a\") number required"),
        ] {
            check(name, "null", args, expected);
        }
    }
}
