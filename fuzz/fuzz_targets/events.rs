//! Any bytes as events of any format: no panic, and accepted plus refused is read.
#![no_main]
use lake::intake::{
    Cell, Context, Input, InputFormat, Mapping, Refusal, RowSink, Target, read_rows,
};
use libfuzzer_sys::fuzz_target;

struct Sink<'a> {
    mapping: &'a Mapping,
    context: &'a Context<'a>,
    columns: metering::Columns,
    rows: u64,
}

impl RowSink for Sink<'_> {
    fn row(&mut self, _line: u64, cells: &[Cell<'_>]) -> Result<(), Refusal> {
        let columns = &mut self.columns;
        self.mapping.event(cells, self.context, |_| columns)?;
        self.rows += 1;
        Ok(())
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    let formats = [
        InputFormat::Ndjson,
        InputFormat::Csv,
        InputFormat::Json,
        InputFormat::CloudEvents,
        InputFormat::Parquet,
    ];
    let format = formats[usize::from(*first) % formats.len()];
    let Ok(mut input) = Input::of_bytes(bytes.to_vec()) else { return };
    let mapping = Mapping::own(Target::Events, format == InputFormat::CloudEvents);
    let keys = lake::Keys {
        secret: kernel::id::HashKey::secret([7; 16]),
        public: kernel::id::HashKey::PUBLIC,
    };
    let context = Context { keys: &keys, now_us: 1_800_000_000_000_000 };
    let mut sinks = [Sink {
        mapping: &mapping,
        context: &context,
        columns: metering::Columns::default(),
        rows: 0,
    }];
    let read =
        read_rows(&mut input, format, &mapping, Target::Events, &mut sinks, &mut |_, _| Ok(()));
    if let Ok((counts, _)) = read {
        assert_eq!(counts.read, counts.accepted + counts.refused);
        assert_eq!(counts.accepted, sinks[0].rows);
        assert_eq!(sinks[0].columns.len() as u64, sinks[0].rows);
    }
});
