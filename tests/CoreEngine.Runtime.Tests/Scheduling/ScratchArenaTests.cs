using CoreEngine.Runtime;

namespace CoreEngine.Tests.Scheduling;

[TestClass]
public sealed unsafe class ScratchArenaTests : EngineTestBase
{
    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void Blocks_are_aligned_apart_and_free_again_after_the_operation(EngineKind kind)
    {
        Engine engine = kind == EngineKind.Naive ? Naive() : Threaded(1);
        HashSet<nint> starts = [];
        for (int round = 0; round < 10; round++)
        {
            Var var = engine.NewVar();
            Body(
                    "scratch",
                    c =>
                    {
                        nint[] blocks = new nint[100];
                        for (int i = 0; i < 100; i++)
                        {
                            long length = (i * 37) + 1;
                            byte* block = c.Scratch.Rent(length);
                            Assert.AreEqual(0, (long)block % ScratchArena.Alignment);
                            new Span<byte>(block, (int)length).Fill((byte)i);
                            blocks[i] = (nint)block;
                        }
                        for (int i = 0; i < blocks.Length; i++)
                        {
                            // Nothing that was written later has touched it.
                            Assert.AreEqual(
                                -1,
                                new Span<byte>((byte*)blocks[i], (i * 37) + 1).IndexOfAnyExcept((byte)i)
                            );
                        }
                        starts.Add(blocks[0]);
                    }
                )
                .Push(engine, [], [var]);
            engine.WaitForVar(var, Long);
        }
        // The first operation may have made it grow; after that the same memory comes again.
        Assert.IsLessThanOrEqualTo(2, starts.Count);
    }

    [TestMethod]
    public void Earlier_blocks_stay_valid_when_it_grows_and_the_next_operation_gets_one_block()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        Body(
                "grows",
                c =>
                {
                    int* small = (int*)c.Scratch.Rent(4);
                    *small = 42;
                    for (int i = 0; i < 10; i++)
                    {
                        byte* large = c.Scratch.Rent(100_000 << i);
                        large[0] = 1;
                        large[(100_000 << i) - 1] = 1;
                    }
                    Assert.AreEqual(42, *small);
                }
            )
            .Push(engine, [], [var]);
        engine.WaitForVar(var, Long);
        Body("has room", c => Assert.IsGreaterThanOrEqualTo(100_000L << 10, c.Scratch.Capacity))
            .Push(engine, [], [var]);
        engine.WaitForVar(var, Long);
    }

    [TestMethod]
    public void What_cannot_be_had_fails_the_operation_only()
    {
        ThreadedEngine engine = Threaded(1);
        Var var = engine.NewVar();
        Body("negative", static c => c.Scratch.Rent(-1)).Push(engine, [], [var]);
        OperationException e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(var, Long));
        Assert.IsInstanceOfType<ArgumentOutOfRangeException>(e.InnerException);
        Body("too much", static c => c.Scratch.Rent(1L << 55)).Push(engine, [], [var]);
        e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(var, Long));
        Assert.IsInstanceOfType<DeviceOutOfMemoryException>(e.InnerException);
        Assert.Contains("temporary memory", e.InnerException.Message);
        Body("far too much", static c => c.Scratch.Rent(long.MaxValue)).Push(engine, [], [var]);
        e = Assert.ThrowsExactly<OperationException>(() => engine.WaitForVar(var, Long));
        Assert.IsInstanceOfType<DeviceOutOfMemoryException>(e.InnerException);
        Body("fine", static c => c.Scratch.Rent(1000)[999] = 1).Push(engine, [], [var]);
        engine.WaitForVar(var, Long);
    }

    [TestMethod]
    [DataRow(EngineKind.Naive)]
    [DataRow(EngineKind.Threaded)]
    public void What_is_released_is_used_again_and_what_came_before_stays(EngineKind kind)
    {
        Engine engine = kind == EngineKind.Naive ? Naive() : Threaded(1);
        long capacity = 0;
        for (int round = 0; round < 3; round++)
        {
            Var var = engine.NewVar();
            Body(
                    "parts",
                    c =>
                    {
                        byte* kept = c.Scratch.Rent(1000);
                        new Span<byte>(kept, 1000).Fill(7);
                        long mark = c.Scratch.Mark;
                        for (int part = 0; part < 100; part++)
                        {
                            // Some parts outgrow the block that the mark lies in.
                            int length = part % 10 == 5 ? 300_000 : 20_000;
                            byte* own = c.Scratch.Rent(length);
                            byte* more = c.Scratch.Rent(length);
                            new Span<byte>(own, length).Fill((byte)part);
                            new Span<byte>(more, length).Fill((byte)(part + 1));
                            Assert.AreEqual(-1, new Span<byte>(own, length).IndexOfAnyExcept((byte)part));
                            c.Scratch.Release(mark);
                        }

                        Assert.AreEqual(-1, new Span<byte>(kept, 1000).IndexOfAnyExcept((byte)7));
                        capacity = c.Scratch.Capacity;
                    }
                )
                .Push(engine, [], [var]);
            engine.WaitForVar(var, Long);
        }

        // As much as the greediest part, not as all together.
        Assert.IsLessThanOrEqualTo(4L << 20, capacity);
    }
}
