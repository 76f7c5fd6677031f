//! fastjson_format: the same document in another text.

use json_engine::convert::Layout;
use json_engine::{FormatOptions as How, Indent, Style};

use crate::buffer::Buffer;
use crate::code::{Code, Failure};
use crate::options::{Options, Settings};
use crate::report::{Notes, Report};
use crate::sized::{self, SizedByCaller};
use crate::{FASTJSON_FORMAT_STYLE_CANONICAL, FASTJSON_FORMAT_STYLE_HASH, FASTJSON_FORMAT_STYLE_MINIFY};
use crate::{FASTJSON_FORMAT_STYLE_PRETTY, FASTJSON_FORMAT_STYLE_UNSPECIFIED, FASTJSON_INDENT_ZERO};
use crate::{border, choice};

/// How a JSON text is written. A field that is 0 is its default, and NULL for the whole is every default.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct FormatOptions {
    /// sizeof(fastjson_format_options); always set it.
    pub struct_size: u32,
    /// FASTJSON_FORMAT_STYLE_*. Default pretty.
    pub style: u32,
    /// Spaces a level of pretty, 1 to 16 or FASTJSON_INDENT_ZERO. Default 2.
    pub indent: u32,
    /// FASTJSON_KEY_ORDER_*; canonical and hash have their own. Default as read.
    pub key_order: u32,
    /// FASTJSON_NUMBERS_*; canonical and hash have their own. Default exact.
    pub numbers: u32,
}

// SAFETY: integers, the size first.
unsafe impl SizedByCaller for FormatOptions {}

/// Writes a JSON text in a style; numbers and strings stay as they are, byte for byte, unless `how` asks for more.
///
/// Warnings, such as those of duplicate keys, are in the report. One pass and the answer.
///
/// # Safety
/// `text` names `text_len` bytes, or anything where that is 0. `how` and `options` are NULL or name what their struct_size
/// says. What `out` names is written: the caller frees it by fastjson_buffer_free; it is empty where the call fails. `report`
/// is NULL, or what it names is written: a report that the caller frees by fastjson_report_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_format(
    text: *const u8,
    text_len: usize,
    how: *const FormatOptions,
    options: *const Options,
    out: *mut Buffer,
    report: *mut *mut Report,
) -> Code {
    let work = || {
        // SAFETY: the caller vouches for all of them.
        let (text, how, settings) = unsafe {
            (border::bytes("text", text, text_len)?, sized::read("how", how)?, Settings::read(options)?)
        };
        let formatted = json_engine::format(text, &chosen(&how)?, &settings.scan)?;
        Ok((formatted.text.into(), Notes::of(formatted.report)))
    };
    // SAFETY: the caller vouches for both places.
    unsafe { border::answer(out, Buffer::EMPTY, report, work) }
}

fn chosen(options: &FormatOptions) -> Result<How, Failure> {
    let style = match options.style {
        FASTJSON_FORMAT_STYLE_MINIFY => Style::Minify,
        FASTJSON_FORMAT_STYLE_UNSPECIFIED | FASTJSON_FORMAT_STYLE_PRETTY => {
            Style::Pretty(indent(options.indent)?)
        }
        FASTJSON_FORMAT_STYLE_CANONICAL => Style::Canonical,
        FASTJSON_FORMAT_STYLE_HASH => Style::Hash,
        other => return Err(choice::refused("style", other, "0 to 4, FASTJSON_FORMAT_STYLE_*")),
    };
    let (key_order, numbers) = (choice::key_order(options.key_order)?, choice::numbers(options.numbers)?);
    Ok(How { style, key_order, numbers })
}

fn indent(spaces: u32) -> Result<Indent, Failure> {
    match spaces {
        0 => Ok(Indent::default()),
        FASTJSON_INDENT_ZERO => Ok(Indent::new(0)?),
        spaces => Ok(Indent::new(spaces)?),
    }
}

/// White space of JSON that no style asks for: none unless an indentation is named.
pub(crate) fn layout(spaces: u32) -> Result<Layout, Failure> {
    if spaces == 0 { Ok(Layout::Minify) } else { indent(spaces).map(Layout::Pretty) }
}
