using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class KernelTeamTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(5)]
    public void EveryItemRunsOnceInRangesThatStartAtMultiplesOfTheGrain(int size)
    {
        using var team = new KernelTeam(size);
        foreach (long count in (long[])[0, 1, 2, 7, 64, 1000])
        {
            foreach (long grain in (long[])[0, 1, 3, 64, 5000])
            {
                var hits = new int[1001];
                fixed (int* p = hits)
                {
                    var state = new Marks { Hits = p, Grain = Math.Max(grain, 1) };
                    team.For(count, grain, &Mark, &state);
                    Assert.AreEqual(0, state.Misaligned);
                }

                for (int i = 0; i < hits.Length; i++)
                {
                    Assert.AreEqual(i < count ? 1 : 0, hits[i], $"item {i} of {count}, grain {grain}");
                }
            }
        }
    }

    [TestMethod]
    public void ManyCallsInARowLoseNothing()
    {
        using var team = new KernelTeam(4);
        long total = 0;
        for (int i = 0; i < 20_000; i++)
        {
            team.For(16, 1, &Add, &total);
            if (i % 5000 == 0)
            {
                Thread.Sleep(5); // Lets the helpers fall asleep, so that waking is exercised as well.
            }
        }

        Assert.AreEqual(16L * 20_000, total);
    }

    [TestMethod]
    public void ManyCallersShareOneTeam()
    {
        using var team = new KernelTeam(3);
        var callers = new Thread[6];
        var totals = new long[callers.Length];
        for (int c = 0; c < callers.Length; c++)
        {
            int caller = c;
            callers[c] = new Thread(() =>
            {
                long total = 0;
                for (int i = 0; i < 3000; i++)
                {
                    team.For(9, 1, &Add, &total);
                }

                totals[caller] = total;
            });
            callers[c].Start();
        }

        foreach (Thread caller in callers)
        {
            caller.Join();
        }

        foreach (long total in totals)
        {
            Assert.AreEqual(9L * 3000, total);
        }
    }

    [TestMethod]
    public void CallersThatMoveBetweenProcessorsAndPauseLoseNothing()
    {
        using var team = new KernelTeam(2);
        long total = 0;
        long expected = 0;
        OnAThread(() =>
        {
            var random = new Random(5);
            for (int i = 0; i < 3000; i++)
            {
                if (i % 100 == 0)
                {
                    ThreadPlacement.KeepOff(ThreadPlacement.CurrentThread, i / 100 % Environment.ProcessorCount, 2);
                    Thread.Sleep(i / 100 % 8); // The helper is found spinning, falling asleep and asleep.
                }

                int count = 1 + random.Next(20);
                long sum = 0;
                team.For(count, 1 + random.Next(3), &Add, &sum);
                total += sum;
                expected += count;
            }
        });
        Assert.AreEqual(expected, total);
    }

    [TestMethod]
    public void AThreadKeepsOffAProcessor()
    {
        if (ThreadPlacement.CurrentProcessor < 0 || Environment.ProcessorCount < 2)
        {
            Assert.Inconclusive("This system does not place threads, or has one processor only.");
        }

        OnAThread(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                int processor = ThreadPlacement.CurrentProcessor;
                ThreadPlacement.KeepOff(ThreadPlacement.CurrentThread, processor, 2);
                Assert.AreNotEqual(processor, ThreadPlacement.CurrentProcessor);
            }
        });
    }

    [TestMethod]
    public void ACallFromInsideARangeRunsInline()
    {
        using var team = new KernelTeam(2);
        var state = new Nesting { Team = (nint)GCHandle.Alloc(team) };
        team.For(8, 1, &Nest, &state);
        GCHandle.FromIntPtr(state.Team).Free();
        Assert.AreEqual(0, state.OtherThread);
        Assert.AreEqual(80, state.Total);
    }

    [TestMethod]
    public void AnExceptionReachesTheCallerAndTheTeamWorksOn()
    {
        using var team = new KernelTeam(3);
        for (int i = 0; i < 50; i++)
        {
            int bad = i % 12;
            var error = Assert.ThrowsExactly<ArithmeticException>(() =>
            {
                int number = bad;
                team.For(12, 1, &Fail, &number);
            });
            Assert.AreEqual("bad item", error.Message);
            long total = 0;
            team.For(12, 1, &Add, &total);
            Assert.AreEqual(12, total);
        }
    }

    [TestMethod]
    public void ADisposedTeamRunsInline()
    {
        var team = new KernelTeam(3);
        team.Dispose();
        team.Dispose();
        long total = 0;
        team.For(10, 1, &Add, &total);
        Assert.AreEqual(10, total);
    }

    [TestMethod]
    public void ATeamHasNoThreadsDuringAForkAndTheParentGetsThemBack()
    {
        using var team = new KernelTeam(4);
        IForkParticipant participant = team;
        for (int round = 0; round < 20; round++)
        {
            long sum = 0;
            team.For(1000, 1, &Add, &sum);
            participant.BeforeFork();
            participant.AfterForkInParent();
            team.For(1000, 1, &Add, &sum);
            Assert.AreEqual(2000, sum);
        }
    }

    [TestMethod]
    public void AForkedTeamRunsInlineAndCanBeDisposed()
    {
        var team = new KernelTeam(4);
        IForkParticipant participant = team;
        participant.BeforeFork();
        participant.AfterForkInChild();
        long sum = 0;
        team.For(1000, 1, &Add, &sum);
        Assert.AreEqual(1000, sum);
        team.Dispose();
        team.For(10, 1, &Add, &sum);
        Assert.AreEqual(1010, sum);
    }

    [TestMethod]
    public void CallsAllocateNothing()
    {
        using var team = new KernelTeam(2);
        long total = 0;
        team.For(4, 1, &Add, &total);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            team.For(4, 1, &Add, &total);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void ImpossibleSizesAreRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new KernelTeam(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new KernelTeam(5000));
    }

    private static void OnAThread(Action body)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        if (failure != null)
        {
            throw new AssertFailedException(failure.Message, failure);
        }
    }

    private static void Mark(void* state, long first, long last)
    {
        var marks = (Marks*)state;
        if (first % marks->Grain != 0)
        {
            Interlocked.Increment(ref marks->Misaligned);
        }

        for (long i = first; i < last; i++)
        {
            Interlocked.Increment(ref marks->Hits[i]);
        }
    }

    private static void Add(void* state, long first, long last) => Interlocked.Add(ref *(long*)state, last - first);

    private static void Fail(void* state, long first, long last)
    {
        int bad = *(int*)state;
        if (bad >= first && bad < last)
        {
            throw new ArithmeticException("bad item");
        }
    }

    private static void Nest(void* state, long first, long last)
    {
        var nesting = (Nesting*)state;
        var team = (KernelTeam)GCHandle.FromIntPtr(nesting->Team).Target!;
        for (long i = first; i < last; i++)
        {
            var inner = new Inner { Thread = Environment.CurrentManagedThreadId };
            team.For(10, 1, &CountInner, &inner);
            Interlocked.Add(ref nesting->Total, inner.Total);
            Interlocked.Add(ref nesting->OtherThread, inner.OtherThread);
        }
    }

    private static void CountInner(void* state, long first, long last)
    {
        var inner = (Inner*)state;
        inner->Total += last - first;
        inner->OtherThread += Environment.CurrentManagedThreadId == inner->Thread ? 0 : 1;
    }

    private struct Marks
    {
        public int* Hits;
        public long Grain;
        public int Misaligned;
    }

    private struct Nesting
    {
        public nint Team;
        public long Total;
        public long OtherThread;
    }

    private struct Inner
    {
        public int Thread;
        public long Total;
        public long OtherThread;
    }
}
