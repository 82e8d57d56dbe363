namespace CoreEngine.CApi;

internal static unsafe partial class RecordIOCalls
{
    internal static void MXRecordIOWriterCreate(byte* uri, nint* @out) =>
        throw new NotSupportedException("MXRecordIOWriterCreate is not there yet.");

    internal static void MXRecordIOWriterFree(nint handle) =>
        throw new NotSupportedException("MXRecordIOWriterFree is not there yet.");

    internal static void MXRecordIOWriterWriteRecord(nint handle, byte* buf, nuint size) =>
        throw new NotSupportedException("MXRecordIOWriterWriteRecord is not there yet.");

    internal static void MXRecordIOWriterTell(nint handle, nuint* pos) =>
        throw new NotSupportedException("MXRecordIOWriterTell is not there yet.");

    internal static void MXRecordIOReaderCreate(byte* uri, nint* @out) =>
        throw new NotSupportedException("MXRecordIOReaderCreate is not there yet.");

    internal static void MXRecordIOReaderFree(nint handle) =>
        throw new NotSupportedException("MXRecordIOReaderFree is not there yet.");

    internal static void MXRecordIOReaderReadRecord(nint handle, byte** buf, nuint* size) =>
        throw new NotSupportedException("MXRecordIOReaderReadRecord is not there yet.");

    internal static void MXRecordIOReaderSeek(nint handle, nuint pos) =>
        throw new NotSupportedException("MXRecordIOReaderSeek is not there yet.");

    internal static void MXRecordIOReaderTell(nint handle, nuint* pos) =>
        throw new NotSupportedException("MXRecordIOReaderTell is not there yet.");
}
