using CoreEngine.Data;
using CoreEngine.Kernels;

namespace CoreEngine.Tests.Data;

/// <summary>Batches that are made ahead, around a fork; the fork itself is left out, so that both sides can be seen.</summary>
[TestClass]
public sealed class BatchQueueForkTests : EngineTestBase
{
    private const int Batches = 7;

    [TestMethod]
    [DataRow(0)]
    [DataRow(3)]
    [DataRow(Batches)]
    public void The_parent_goes_on_where_it_was(int taken)
    {
        var source = new Counting();
        var queue = new BatchQueue(source, 3);
        Expect(queue, 0, taken);
        Fork(queue, child: false);
        Expect(queue, taken, Batches);
        Assert.IsNull(queue.Take());
        queue.Restart(afterWrap: false);
        Fork(queue, child: false);
        Expect(queue, 0, Batches);
        queue.Stop();
        Assert.IsTrue(source.Closed.Wait(TimeSpan.FromSeconds(60)));
        Fork(queue, child: false);
        Assert.AreEqual(1, source.Closings);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(3)]
    [DataRow(Batches)]
    public void The_child_makes_the_rest_itself(int taken)
    {
        var source = new Counting();
        var queue = new BatchQueue(source, 3);
        Expect(queue, 0, taken);
        Fork(queue, child: true);
        Expect(queue, taken, Batches);
        Assert.IsNull(queue.Take());
        queue.Restart(afterWrap: false);
        Expect(queue, 0, 4);
        Assert.AreEqual(Environment.CurrentManagedThreadId, source.Thread);
        queue.Stop();
        Assert.AreEqual(1, source.Closings);
    }

    private static void Expect(BatchQueue queue, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            using DataBatch batch = queue.Take()!;
            Assert.AreEqual((ulong)i, batch.Index[0]);
        }
    }

    private static void Fork(BatchQueue queue, bool child)
    {
        IForkParticipant participant = queue;
        participant.BeforeFork();
        if (child)
            participant.AfterForkInChild();
        else
            participant.AfterForkInParent();
    }

    private sealed class Counting : IBatchSource
    {
        private int _next;

        public int Thread { get; private set; }

        public int Closings { get; private set; }

        public ManualResetEventSlim Closed { get; } = new();

        public DataBatch? Next()
        {
            Thread = Environment.CurrentManagedThreadId;
            if (_next == Batches)
                return null;
            return new DataBatch(NDArray.Ones([1]), NDArray.Ones([1]), [(ulong)_next++], 0);
        }

        public void Restart(bool afterWrap) => _next = 0;

        public void Dispose()
        {
            Closings++;
            Closed.Set();
        }
    }
}
