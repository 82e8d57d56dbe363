using System.Buffers.Binary;
using System.IO.Compression;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Data;

/// <summary>Damaged and hostile images are refused, or decoded to something that the bytes alone decide.</summary>
[TestClass]
public sealed class ImageDamageTests
{
    /// <summary>Pictures of 24 columns and 17 rows.</summary>
    private const string Baseline =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71"
        + "////m8H////6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4"
        + "+Pj4+Pj4+Pj/wAARCAARABgDASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAAMEBf/EABYQAQEBAAAAAAAAAAAAAAAAAAAC"
        + "A//EABgBAAIDAAAAAAAAAAAAAAAAAAIEAAMF/8QAGhEBAAMAAwAAAAAAAAAAAAAAAAECAxEhMf/aAAwDAQACEQMRAD8A505LTk0T"
        + "ktOSRIM9WechunIHycrr0nK0gphk5rSAODlfH//Z";

    private const string Progressive =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71"
        + "////m8H////6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4"
        + "+Pj4+Pj4+Pj/wgARCAARABgDASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAAIDBP/EABgBAAIDAAAAAAAAAAAAAAAAAAID"
        + "AAEE/9oADAMBAAIQAxAAAAHmvS4ObdbpsDJYJ3//xAAWEAEBAQAAAAAAAAAAAAAAAAARACD/2gAIAQEAAQUCIiIjH//EABYRAQEB"
        + "AAAAAAAAAAAAAAAAAAACAf/aAAgBAwEBPwGaZSWP/8QAFBEBAAAAAAAAAAAAAAAAAAAAIP/aAAgBAgEBPwEf/8QAFBABAAAAAAAA"
        + "AAAAAAAAAAAAMP/aAAgBAQAGPwIf/8QAFRABAQAAAAAAAAAAAAAAAAAAAAH/2gAIAQEAAT8hhCEIQiI//9oADAMBAAIAAwAAABD3"
        + "/wD9/8QAFxEBAAMAAAAAAAAAAAAAAAAAABAhMf/aAAgBAwEBPxA0ww//xAAWEQEBAQAAAAAAAAAAAAAAAAAAARH/2gAIAQIBAT8Q"
        + "laiP/8QAFBABAAAAAAAAAAAAAAAAAAAAMP/aAAgBAQABPxAVVR//2Q==";

    private const string Png =
        "iVBORw0KGgoAAAANSUhEUgAAABgAAAARCAIAAABIGvtnAAAAI0lEQVR42mNkYGDgYmCjHLEw8LExMFABjRo0atCoQaMGUYgABHAL"
        + "krXp76gAAAAASUVORK5CYII=";

    [TestMethod]
    [DataRow(Baseline)]
    [DataRow(Progressive)]
    [DataRow(Png)]
    public void DamageIsRefusedOrDecodedAlike(string file)
    {
        byte[] valid = Convert.FromBase64String(file);
        Assert.HasCount(17 * 24 * 3, ImageDecoder.Decode(valid, 3, out _, out _));
        var random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 2_000; i++)
        {
            byte[] damaged = [.. valid];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                int at = random.Next(2, damaged.Length);
                damaged[at] = random.Next(3) switch
                {
                    0 => (byte)(damaged[at] ^ (1 << random.Next(8))),
                    1 => 0xFF,
                    _ => (byte)random.Next(256),
                };
            }

            if (random.Next(4) == 0)
            {
                damaged = damaged[..random.Next(damaged.Length)];
            }

            try
            {
                byte[] pixels = ImageDecoder.Decode(damaged, 3, out int height, out int width);
                Assert.HasCount(height * width * 3, pixels);
                CollectionAssert.AreEqual(pixels, ImageDecoder.Decode(damaged, 3, out _, out _));
            }
            catch (EngineException)
            {
                refused++;
            }
        }

        Assert.IsGreaterThan(100, refused);
    }

    /// <summary>Each of these made a decoder that goes where lengths lead it read the same bytes, or none, for ever.</summary>
    [TestMethod]
    [DataRow("FFD8FFE0FFFF")]
    [DataRow("FFD8FFE0FFFF4A4649460001")]
    [DataRow("FFD8FFFF")]
    [DataRow("89504E470D0A1A0A" + "0000000D49484452" + "00000001000000010800000000" + "00000000" + "FFFFFFF474455874")]
    [DataRow("89504E470D0A1A0A" + "FFFFFFF443674249" + "00000000")]
    [DataRow("424D0000000000000000FFFFFF7F28000000" + "0100000001000000010018000000")]
    public void LengthsThatLeadOutOfTheFileEnd(string hex)
    {
        byte[] file = Convert.FromHexString(hex);
        try
        {
            Assert.HasCount(1, ImageDecoder.Decode(file, 1, out _, out _));
        }
        catch (EngineException refusal)
        {
            Assert.Contains("no image", refusal.Message);
        }
    }

    [TestMethod]
    public void ACutOffProgressiveImageLosesItsLastScansOnly()
    {
        byte[] valid = Convert.FromBase64String(Progressive);
        int lastScan = valid.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        byte[] whole = ImageDecoder.Decode(valid, 3, out _, out _);
        byte[] cut = ImageDecoder.Decode(valid.AsSpan(0, lastScan), 3, out _, out _);
        Assert.HasCount(whole.Length, cut);
        CollectionAssert.AreEqual(whole, ImageDecoder.Decode(valid.AsSpan(0, valid.Length - 2), 3, out _, out _));
    }

    [TestMethod]
    public void AnImageWithoutScansIsRefused() => Refuses([.. Frame(64, 64), 0xFF, 0xD9], "before every component");

    [TestMethod]
    public void APixelNeedsBytes()
    {
        Refuses([.. Frame(60_000, 60_000), .. Scan(0, 0), 0, 0xFF, 0xD9], "cannot hold 60,000x60,000 pixels");
        Refuses([.. Frame(1024, 1024), .. Scan(0, 0), 0, 0xFF, 0xD9], "1 bytes of a scan cannot hold 16,384 blocks");
    }

    [TestMethod]
    public void EndlessScansAreRefused()
    {
        List<byte> file = [.. Frame(1024, 1024), .. Scan(0, 0), .. new byte[16_384 / 8]];
        for (int i = 0; i < 1_000; i++)
        {
            file.AddRange([.. Scan(1, 63), 0]);
        }

        Refuses([.. file, 0xFF, 0xD9], "its scans are endless");
    }

    [TestMethod]
    public void RestartMarkersMustBeThere()
    {
        byte[] interval = [0xFF, 0xDD, 0, 4, 0, 2];
        byte[] scan = [.. Frame(64, 64), .. interval, .. Scan(0, 0), .. new byte[8]];
        Refuses([.. scan, 0xFF, 0xD0, 0, 0xFF, 0xD9], "restart markers");
    }

    [TestMethod]
    public void APackedBombIsRefused()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(new byte[1 << 20]);
        }

        byte[] header = [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0];
        byte[] signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];
        Refuses(
            [.. signature, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])],
            "too many pixels"
        );
    }

    /// <summary>What begins as BMP and goes on as something else must not reach decoders of other formats.</summary>
    [TestMethod]
    public void OtherFormatsAreRefused() =>
        Refuses([(byte)'B', (byte)'M', 2, .. new byte[9], 1, 0, 1, 0, 24, 0, 1, 2, 3], "no known format");

    private static void Refuses(byte[] file, string problem)
    {
        EngineException refusal = Assert.Throws<EngineException>(() => ImageDecoder.Decode(file, 1, out _, out _));
        Assert.Contains(problem, refusal.Message);
    }

    /// <summary>The beginning of a progressive image of one component.</summary>
    private static byte[] Frame(int height, int width)
    {
        byte[] frame = [0xFF, 0xD8, 0xFF, 0xC2, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(7), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(9), (ushort)width);
        return frame;
    }

    private static byte[] Scan(byte first, byte last) => [0xFF, 0xDA, 0, 8, 1, 1, 0, first, last, 0];

    private static byte[] Chunk(ReadOnlySpan<byte> kind, byte[] body)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length);
        return [.. length, .. kind, .. body, 0, 0, 0, 0];
    }
}
