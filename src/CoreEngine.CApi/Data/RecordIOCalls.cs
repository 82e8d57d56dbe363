using CoreEngine.Data;

namespace CoreEngine.CApi;

/// <summary>Files of records.</summary>
internal static unsafe partial class RecordIOCalls
{
    internal static void MXRecordIOWriterCreate(byte* uri, nint* @out)
    {
        string path = Text.Read(uri, nameof(uri));
        Pointers.Require(@out, "out");
        *@out = Handles.Add(HandleKind.RecordWriter, new RecordWriter(path));
    }

    internal static void MXRecordIOWriterFree(nint handle) =>
        (Handles.Remove(handle, HandleKind.RecordWriter, nameof(handle)) as RecordWriter)?.Dispose();

    internal static void MXRecordIOWriterWriteRecord(nint handle, byte* buf, nuint size)
    {
        RecordWriter writer = Writer(handle);
        if (buf is null && size > 0)
            throw new EngineException($"'buf' is NULL, but has {size} bytes.");
        if (size > int.MaxValue)
            throw new EngineException($"A record of {size} bytes does not fit; it may have less than 2^29.");
        lock (writer)
        {
            writer.Write(new ReadOnlySpan<byte>(buf, (int)size));
        }
    }

    internal static void MXRecordIOWriterTell(nint handle, nuint* pos)
    {
        RecordWriter writer = Writer(handle);
        Pointers.Require(pos, nameof(pos));
        *pos = (nuint)writer.Position;
    }

    internal static void MXRecordIOReaderCreate(byte* uri, nint* @out)
    {
        string path = Text.Read(uri, nameof(uri));
        Pointers.Require(@out, "out");
        *@out = Handles.Add(HandleKind.RecordReader, new OpenRecords(new RecordReader(path)));
    }

    internal static void MXRecordIOReaderFree(nint handle) =>
        (Handles.Remove(handle, HandleKind.RecordReader, nameof(handle)) as OpenRecords)?.Reader.Dispose();

    internal static void MXRecordIOReaderReadRecord(nint handle, byte** buf, nuint* size)
    {
        OpenRecords open = Reader(handle);
        Pointers.Require(buf, nameof(buf));
        Pointers.Require(size, nameof(size));
        lock (open)
        {
            // At the end there is no buffer; an empty record has one.
            bool isThere = open.Reader.TryRead(out ReadOnlySpan<byte> record);
            *buf = isThere ? open.Buffer.Copy(record) : null;
            *size = (nuint)record.Length;
        }
    }

    internal static void MXRecordIOReaderSeek(nint handle, nuint pos)
    {
        OpenRecords open = Reader(handle);
        if (pos > long.MaxValue)
            throw new EngineException($"'pos' = {pos} lies behind any file's end.");
        lock (open)
        {
            open.Reader.Seek((long)pos);
        }
    }

    internal static void MXRecordIOReaderTell(nint handle, nuint* pos)
    {
        OpenRecords open = Reader(handle);
        Pointers.Require(pos, nameof(pos));
        *pos = (nuint)open.Reader.Position;
    }

    private static RecordWriter Writer(nint handle) =>
        Handles.Get<RecordWriter>(handle, HandleKind.RecordWriter, nameof(handle));

    private static OpenRecords Reader(nint handle) =>
        Handles.Get<OpenRecords>(handle, HandleKind.RecordReader, nameof(handle));
}
