namespace CoreEngine.Tests.Files;

/// <summary>Bytes that come in small pieces and only once, as from a pipe.</summary>
internal sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
{
    public override bool CanSeek => false;

    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 100_000)]);
}
