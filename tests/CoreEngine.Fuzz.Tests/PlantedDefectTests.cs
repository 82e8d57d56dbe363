using CoreEngine.Runtime;

namespace CoreEngine.Fuzz.Tests;

/// <summary>The fuzzer finds what it is there to find: readers with one defect each, at a byte that damage must hit.</summary>
[TestClass]
public sealed class PlantedDefectTests
{
    private const byte Trap = 0x5A;

    [TestMethod]
    public void AnUntypedErrorIsFound() => Find(_ => throw new InvalidOperationException("planted"), "planted");

    [TestMethod]
    public void MemoryThatIsKeptIsFound() => Find(pool => pool.Lease(100), "left");

    [TestMethod]
    public void NativeMemoryForClaimedBytesIsFound() =>
        Find(pool => pool.Lease(1L << 30).Dispose(), nameof(DeviceOutOfMemoryException));

    [TestMethod]
    public void ManagedMemoryForClaimedBytesIsFound() => Find(_ => GC.KeepAlive(new byte[8 << 20]), "allocate");

    [TestMethod]
    public unsafe void AWriteBehindABlockIsFound() =>
        Find(
            pool =>
            {
                MemoryLease lease = pool.Lease(10);
                if (pool.Debug)
                {
                    ((byte*)lease.Pointer)[10] ^= 1;
                }

                lease.Dispose();
            },
            nameof(MemoryCorruptionException),
            inputs: 200_000
        );

    [TestMethod]
    public void AReaderThatHangsIsFound()
    {
        using var release = new ManualResetEventSlim();
        Find(_ => release.Wait(), "still being read", patience: TimeSpan.FromMilliseconds(200));
        release.Set();
    }

    [TestMethod]
    public void AValidFileThatIsRefusedIsFound()
    {
        var format = new PlantedFormat(_ => throw new EngineException("no")) { Seed = [Trap] };
        FuzzResult result = new FuzzRunner(format, 1).Run(0, 10);
        Assert.Contains("is valid, but refused: no", result.Failures[0].Problem);
        Assert.AreEqual(0, result.Failures[0].Number);
    }

    [TestMethod]
    public void AnUnsoundValueIsFound()
    {
        var format = new PlantedFormat(_ => { }) { IsUnsound = true };
        FuzzResult result = new FuzzRunner(format, 1).Run(0, 5_000);
        Assert.Contains("was accepted, and then gave", result.Failures[0].Problem);
    }

    [TestMethod]
    public void ARunStopsAfterTenFailures()
    {
        var format = new PlantedFormat(_ => throw new InvalidOperationException()) { Seed = [Trap] };
        FuzzResult result = new FuzzRunner(format, 1).Run(0, 1_000_000);
        Assert.HasCount(10, result.Failures);
        Assert.IsLessThan(1_000_000, result.Inputs);
    }

    private static void Find(Action<StoragePool> defect, string problem, long inputs = 5_000, TimeSpan? patience = null)
    {
        var format = new PlantedFormat(defect);
        var run = new FuzzRunner(format, 1) { Patience = patience ?? TimeSpan.FromMinutes(1) };
        FuzzResult result = run.Run(0, inputs);
        Assert.IsNotEmpty(result.Failures);
        FuzzFailure failure = result.Failures[0];
        Assert.Contains(problem, failure.Problem);
        CollectionAssert.AreEqual(run.Input(failure.Number), failure.Input);
        CollectionAssert.Contains(failure.Input, Trap);
    }

    private sealed class PlantedFormat(Action<StoragePool> defect) : FuzzFormat
    {
        public override string Name => "planted";

        public override IReadOnlyList<byte[]> Seeds => [Seed];

        public byte[] Seed { get; init; } = [1, 2, 3, 4];

        public bool IsUnsound { get; init; }

        public override byte[] Mutate(int seed, Random random) => ByteMutation.Apply(Seed, random);

        public override object Read(byte[] input, StoragePool pool)
        {
            if (input.Contains(Trap))
            {
                defect(pool);
            }

            return input;
        }

        public override void CheckAccepted(object value, StoragePool pool)
        {
            if (IsUnsound && ((byte[])value).Contains(Trap))
            {
                throw new InvalidDataException("unsound");
            }
        }
    }
}
