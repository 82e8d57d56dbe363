using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Tests.Files;

/// <summary>
/// Damages valid files at random. A reader either succeeds or says what is wrong, keeps no memory of what failed, and
/// takes none for lengths that are only claimed.
/// </summary>
[TestClass]
public sealed class MutationTests
{
    private const int Mutations = 3_000;
    private const long MemoryLimit = 16 << 20;

    [TestMethod]
    public void ArrayFiles()
    {
        var samples = new StoragePool(Device.Cpu());
        byte[] valid = Samples.Bytes(Samples.Everything(samples));
        Mutate(valid, (stream, pool) => NDArrayFile.Read(stream, "x", pool).Dispose());
        foreach (string name in GoldenFiles.Names("ndarray", ".nd"))
        {
            Mutate(
                GoldenFiles.Read(name),
                (stream, pool) => NDArrayFile.Read(stream, name, pool).Dispose(),
                Mutations / 10
            );
        }
    }

    [TestMethod]
    public void ArrayFilesFromAPipe()
    {
        var samples = new StoragePool(Device.Cpu());
        byte[] valid = Samples.Bytes(Samples.Everything(samples));
        Mutate(valid, (stream, pool) => NDArrayFile.Read(new OneWayStream(stream.ToArray()), "x", pool).Dispose());
    }

    [TestMethod]
    public void NpyFiles()
    {
        var samples = new StoragePool(Device.Cpu());
        using var stream = new MemoryStream();
        NpyFile.Write(stream, Samples.Array(samples, [2, 3], 1f, 2f, 3f, 4f, 5f, 6f));
        byte[] valid = stream.ToArray();
        Mutate(valid, (s, pool) => NpyFile.Read(s, "x", pool).Dispose());
    }

    [TestMethod]
    public void IdxFiles()
    {
        byte[] valid = Convert.FromHexString("00000D020000000200000001" + "3F8000003F800000");
        Mutate(valid, (stream, pool) => IdxFile.Read(stream, "x", pool).Dispose());
        Mutate(
            IdxFileTests.Pack(valid),
            (stream, pool) => IdxFile.Read(FileStreams.Unpack(stream), "x", pool).Dispose()
        );
    }

    [TestMethod]
    public void Tables()
    {
        byte[] valid = "1,2,3\n4,5.5,6\n-7,8e1,9\n"u8.ToArray();
        Mutate(valid, (stream, _) => NumericCsvFile.Read(stream, "x"));
        Mutate(IdxFileTests.Pack(valid), (stream, _) => NumericCsvFile.Read(stream, "x"));
    }

    private static void Mutate(byte[] valid, Action<MemoryStream, StoragePool> read, int count = Mutations)
    {
        var pool = new StoragePool(Device.Cpu()) { Limit = MemoryLimit };
        read(new MemoryStream(valid), pool);
        int refused = 0;
        for (int seed = 0; seed < count; seed++)
        {
            byte[] bytes = Damage(valid, new Random(seed));
            try
            {
                read(new MemoryStream(bytes), pool);
            }
            catch (EngineException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"Seed {seed} gave {error}\n{Convert.ToHexString(bytes)}");
            }

            Assert.AreEqual(0, pool.Statistics.InUse, $"seed {seed}");
        }

        Assert.IsGreaterThan(0, refused);
    }

    private static byte[] Damage(byte[] valid, Random random)
    {
        byte[] bytes = valid.ToArray();
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.AsSpan(at, Math.Min(random.Next(1, 9), bytes.Length - at)).Fill(0xFF);
                    break;
                case 3:
                    bytes.AsSpan(at, Math.Min(random.Next(1, 9), bytes.Length - at)).Clear();
                    break;
                case 4 when bytes.Length > 1:
                    bytes = bytes[..Math.Max(1, at)];
                    break;
                default:
                    bytes = [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
                    break;
            }
        }

        return bytes;
    }
}
