//! `jieda model pull`: a model from a hub or a local folder, all of it or nothing.

use std::{fs, io::Write as _, path::Path};

use anyhow::Context as _;
use jieda::locate;
use jieda::model::ModelManifest;

use super::{ModelFaults, copy::copy, is_name, manifest_json};
use crate::args::{Common, PullArgs};

pub(crate) fn run(common: &Common, args: &PullArgs) -> anyhow::Result<()> {
    let name = match &args.name {
        Some(name) => name.clone(),
        None => last_part(&args.source),
    };
    anyhow::ensure!(
        is_name(&name),
        "`{name}` 不能作模型名：只能用字母、数字、点、下划线和连字符，且不以点或连字符开头"
    );
    let into = locate(&args.into.into);
    let target = into.join(&name);
    anyhow::ensure!(
        !target.exists(),
        "{} 已经存在：请先移走它，或用 --name 换一个名字",
        target.display()
    );
    // Beside the target: the last step is a rename, which happens wholly or not at all.
    let work = into.join(format!(".pull-{name}"));
    let staged = work.join("model");
    fs::create_dir_all(&work).with_context(|| format!("无法创建 {}", work.display()))?;
    let manifest = stage(args, &name, &work).inspect_err(|_| {
        // Parts of a download that have arrived stay, to go on from; all else goes.
        let _ = fs::remove_dir_all(&staged);
        let _ = fs::remove_dir(work.join("hub"));
        let _ = fs::remove_dir(&work);
    })?;
    let id = manifest.encoder_id()?;
    fs::rename(&staged, &target).with_context(|| format!("无法写入 {}", target.display()))?;
    // The model is there; what is left over only takes space.
    let _ = fs::remove_dir_all(&work);

    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{:#}", manifest_json(&target, &manifest)?)?;
    } else {
        writeln!(out, "模型已就绪：{}（{id}）", target.display())?;
        writeln!(out, "使用：jieda --model {} ask …", target.display())?;
    }
    Ok(())
}

/// Fetches a model into `work/model`, and gives its manifest as a reader will see it.
fn stage(args: &PullArgs, name: &str, work: &Path) -> anyhow::Result<ModelManifest> {
    let (local, staged) = (Path::new(&args.source), work.join("model"));
    let mut manifest = if local.is_dir() {
        if staged.exists() {
            fs::remove_dir_all(&staged)?;
        }
        fs::create_dir_all(&staged)?;
        copy(local, &staged)?
    } else {
        download(args, work)?
    };
    name.clone_into(&mut manifest.name);
    if let Some(prefix) = &args.query_prefix {
        manifest.query_prefix.clone_from(prefix);
    }
    if let Some(prefix) = &args.passage_prefix {
        manifest.passage_prefix.clone_from(prefix);
    }
    manifest.save(&staged)?;
    let manifest = ModelManifest::load(&staged)?;
    manifest.encoder_id()?;
    let faults = manifest.verify(&staged);
    anyhow::ensure!(faults.is_empty(), ModelFaults(faults));
    Ok(manifest)
}

fn last_part(source: &str) -> String {
    source
        .trim_end_matches(['/', '\\'])
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[cfg(feature = "hub")]
fn download(args: &PullArgs, work: &Path) -> anyhow::Result<ModelManifest> {
    let mut bar = crate::progress::Bar::bytes(format!("正在下载 {}", args.source));
    let commit = jieda::model::Hub::from_env().download(
        &args.source,
        &args.revision,
        work,
        &mut |done, all| bar.update(done as usize, all as usize),
    )?;
    let mut manifest = ModelManifest::describe_as(&work.join("model"), &last_part(&args.source))?;
    manifest.version = commit.chars().take(12).collect();
    manifest.source = format!("hub:{}@{commit}", args.source);
    Ok(manifest)
}

#[cfg(not(feature = "hub"))]
fn download(args: &PullArgs, _work: &Path) -> anyhow::Result<ModelManifest> {
    anyhow::bail!(
        "{} 不是本机的目录；这个 jieda 编译时没有下载功能（feature hub），只能复制本机目录",
        args.source
    )
}
