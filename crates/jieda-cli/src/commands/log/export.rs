//! `jieda log export`: whole conversations, one a line.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
};

use anyhow::Context as _;
use jieda_store::{Order, export};

use crate::{args::log::ExportArgs, stored::Stored};

pub(super) fn run(args: &ExportArgs) -> anyhow::Result<()> {
    let stored = Stored::open(args.filter.store.as_ref())?;
    let Some(path) = &args.out else {
        let mut out = BufWriter::new(io::stdout().lock());
        write(&stored, args, &mut out)?;
        return Ok(out.flush()?);
    };
    let count =
        to_file(&stored, args, path).with_context(|| format!("没有导出到 {}", path.display()))?;
    let _ = writeln!(
        anstream::stderr(),
        "已导出 {count} 个会话到 {}",
        path.display()
    );
    Ok(())
}

/// Written beside, flushed, renamed: the file appears whole or not at all.
fn to_file(stored: &Stored, args: &ExportArgs, path: &Path) -> anyhow::Result<usize> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".jieda-").suffix(".tmp");
    // As for any other file: what the umask leaves.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut out = BufWriter::new(builder.tempfile_in(folder)?);
    let count = write(stored, args, &mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    if let Ok(replaced) = fs::metadata(path) {
        file.as_file().set_permissions(replaced.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    // The name, too, must reach the disk. Folders can't be flushed everywhere.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(count)
}

fn write(stored: &Stored, args: &ExportArgs, out: &mut impl Write) -> anyhow::Result<usize> {
    let mut conversations = export(&stored.store, args.filter.filter(), Order::Oldest);
    let mut count = 0;
    while let Some(log) = stored.block_on(conversations.next())? {
        serde_json::to_writer(&mut *out, &log).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
        count += 1;
    }
    Ok(count)
}
