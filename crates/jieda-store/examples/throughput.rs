//! How fast turns are stored and read on this machine:
//! `cargo run -p jieda-store --features testing --example throughput -- [TURNS] [FILE]`.

use std::{path::PathBuf, time::Instant};

use jieda_store::{
    Filter, Order, Page, Receipt, Retention, SqliteStore, Store as _, StoreError, Trace, Write,
    Writer, WriterOptions,
    conformance::samples::{id, minute, said},
    export,
};

const TURNS_OF_ONE: u32 = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let turns: u32 = args.next().map_or(Ok(100_000), |n| n.parse())?;
    let file = args.next().map_or_else(
        || std::env::temp_dir().join(format!("jieda-throughput-{}.db", std::process::id())),
        PathBuf::from,
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let store = runtime.block_on(SqliteStore::open_or_create(&file))?;
    let writer = Writer::start(store.clone(), &WriterOptions::default())?;

    let begun = Instant::now();
    for n in 0..100 {
        let turn = said(1, minute(0), "怎么退货");
        writer
            .record(Write::turn(id(&format!("alone{n}")), turn))?
            .wait()?;
    }
    let each = begun.elapsed() / 100;
    println!("one turn after the other: {each:?} each");

    let begun = Instant::now();
    let mut receipts: Vec<Receipt> = Vec::new();
    for n in 0..turns {
        let conversation = id(&format!("c{}", n / TURNS_OF_ONE));
        let mut turn = said(n % TURNS_OF_ONE + 1, minute(n.into()), "买的鞋子不合脚想退");
        if let Some(answer) = &mut turn.answer {
            // As large as a real one.
            answer.trace =
                Trace::of(&serde_json::json!({ "candidates": vec!["0123456789"; 300] }))?;
        }
        let write = Write::turn(conversation, turn);
        let receipt = loop {
            match writer.record(write.clone()) {
                Err(StoreError::Busy) => {
                    for receipt in receipts.drain(..) {
                        receipt.wait()?;
                    }
                }
                other => break other?,
            }
        };
        receipts.push(receipt);
    }
    writer.shut_down();
    let took = begun.elapsed();
    let rate = f64::from(turns) / took.as_secs_f64();
    println!("{turns} turns together: {took:.1?}, {rate:.0} turns/s");

    runtime.block_on(async {
        let begun = Instant::now();
        let mut all = export(&store, Filter::default(), Order::Oldest);
        let mut read = 0;
        while let Some(log) = all.next().await? {
            read += log.turns.len();
        }
        let took = begun.elapsed();
        let rate = read as f64 / took.as_secs_f64();
        println!("export of {read} turns: {took:.1?}, {rate:.0} turns/s");

        let begun = Instant::now();
        let found = store.turns(&Filter::default(), &Page::newest(20)).await?;
        println!("newest {}: {:.1?}", found.items.len(), begun.elapsed());

        let begun = Instant::now();
        let text = Some("没有这句话".to_owned());
        let filter = Filter {
            text,
            ..Filter::default()
        };
        store.turns(&filter, &Page::newest(20)).await?;
        println!("words that are nowhere: {:.1?}", begun.elapsed());

        let begun = Instant::now();
        let half = Retention::before(minute(i64::from(turns) / 2));
        let purged = store.purge(&half).await?;
        println!("purge of {} turns: {:.1?}", purged.turns, begun.elapsed());
        Ok::<(), StoreError>(())
    })?;
    drop(store);
    for end in ["", "-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(end);
        let _ = std::fs::remove_file(name);
    }
    Ok(())
}
