namespace CoreEngine.CApi.Tests;

/// <summary>Numbers that stand for objects: found while they live, never afterwards, never by guessing.</summary>
[TestClass]
public sealed class HandleTableTests
{
    private const HandleKind Kind = HandleKind.NDArray;

    /// <summary>A handle finds its object until it is removed, once.</summary>
    [TestMethod]
    public void AHandleLivesUntilItIsRemoved()
    {
        var table = new HandleTable();
        object value = new();
        nint handle = table.Add(Kind, value);
        Assert.AreSame(value, table.Find(handle, Kind));
        Assert.AreSame(value, table.Remove(handle, Kind));
        Assert.IsNull(table.Find(handle, Kind));
        Assert.IsNull(table.Remove(handle, Kind));
        Assert.AreEqual(0, table.Count);
    }

    /// <summary>The kind is part of the handle.</summary>
    [TestMethod]
    public void AHandleOfAnotherKindIsNotFound()
    {
        var table = new HandleTable();
        nint handle = table.Add(HandleKind.Symbol, new object());
        foreach (HandleKind kind in Enum.GetValues<HandleKind>().Where(kind => kind != HandleKind.Symbol))
        {
            Assert.IsNull(table.Find(handle, kind));
            Assert.IsNull(table.Remove(handle, kind));
        }

        Assert.AreEqual(1, table.Count);
    }

    /// <summary>A slot is used again, but never under a number that was given out before.</summary>
    [TestMethod]
    public void StaleHandlesStayStaleWhenSlotsAreUsedAgain()
    {
        var table = new HandleTable();
        const int Count = 100_000;
        var stale = new HashSet<nint>();
        for (int i = 0; i < Count; i++)
        {
            nint handle = table.Add(Kind, stale);
            Assert.IsTrue(stale.Add(handle), "A handle was given out twice.");
            table.Remove(handle, Kind);
        }

        nint alive = table.Add(Kind, stale);
        Assert.IsTrue(stale.All(handle => table.Find(handle, Kind) is null));
        Assert.IsNotNull(table.Find(alive, Kind));
    }

    /// <summary>Numbers beside those that were given out, and random ones, find nothing.</summary>
    [TestMethod]
    public void MadeUpHandlesAreNotFound()
    {
        var table = new HandleTable();
        var alive = Enumerable.Range(0, 5000).Select(_ => table.Add(Kind, new object())).ToHashSet();
        var random = new Random(1);
        foreach (nint handle in alive)
        {
            nint flipped = handle ^ (nint)(1L << random.Next(64));
            Assert.AreEqual(alive.Contains(flipped), table.Find(flipped, Kind) is not null);
        }

        for (int i = 0; i < 1_000_000; i++)
        {
            nint guess = (nint)random.NextInt64(long.MinValue, long.MaxValue);
            Assert.AreEqual(alive.Contains(guess), table.Find(guess, Kind) is not null);
        }
    }

    /// <summary>Of several threads that remove a handle, one gets the object; a finder sees the object or nothing.</summary>
    [TestMethod]
    public void ThreadsAgreeOnWhoRemoved()
    {
        var table = new HandleTable();
        const int Rounds = 20_000;
        const int Threads = 4;
        nint[] handles = [.. Enumerable.Range(0, Rounds).Select(i => table.Add(Kind, i))];
        int removed = 0;
        int wrong = 0;
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, Threads)
                .Select(thread => new Thread(() =>
                {
                    for (int i = 0; i < Rounds; i++)
                    {
                        int at = (i + (thread * 7)) % Rounds;
                        if (table.Find(handles[at], Kind) is { } found && (int)found != at)
                            Interlocked.Increment(ref wrong);
                        if (table.Remove(handles[at], Kind) is { } value)
                        {
                            Interlocked.Increment(ref removed);
                            if ((int)value != at)
                                Interlocked.Increment(ref wrong);
                            table.Remove(table.Add(Kind, -1), Kind);
                        }
                    }
                })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.AreEqual(Rounds, removed);
        Assert.AreEqual(0, wrong);
        Assert.AreEqual(0, table.Count);
    }
}
