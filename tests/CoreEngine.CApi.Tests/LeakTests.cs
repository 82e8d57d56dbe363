using System.Diagnostics;

namespace CoreEngine.CApi.Tests;

/// <summary>What is made and freed a hundred thousand times leaves nothing behind.</summary>
[TestClass]
[DoNotParallelize]
public sealed unsafe class LeakTests
{
    private const int Times = 100_000;

    // What the process may grow by: 100,000 leaks of any size are more.
    private const long Allowance = 48L << 20;

    /// <summary>Arrays, views, symbols, cached operators, graphs, stores, record files, profiling objects.</summary>
    [TestMethod]
    [DataRow("array")]
    [DataRow("empty array")]
    [DataRow("result")]
    [DataRow("view")]
    [DataRow("symbol")]
    [DataRow("composed symbol")]
    [DataRow("cached operator")]
    [DataRow("executor")]
    [DataRow("graph")]
    [DataRow("store")]
    [DataRow("profiling object")]
    [DataRow("failed call")]
    public void NothingIsLeftBehind(string what)
    {
        using var arena = new Arena(1 << 20);
        nint array = HandleTests.NewArray(arena);
        nint symbol = HandleTests.NewSymbol(arena);
        Action once = Cycle(what, arena, array, symbol);
        int times = what is "executor" ? Times / 20 : Times;
        for (int i = 0; i < times / 10; i++)
        {
            once();
        }

        int handles = Handles.Count;
        long before = Memory();
        for (int i = 0; i < times; i++)
        {
            once();
        }

        Assert.AreEqual(handles, Handles.Count);
        Assert.IsLessThan(Allowance, Memory() - before);
        Export.Do("MXNDArrayFree", array);
        Export.Do("MXSymbolFree", symbol);
    }

    private static Action Cycle(string what, Arena arena, nint array, nint symbol)
    {
        nint* made = arena.Room<nint>();
        nint @out = (nint)made;
        nint shape = arena.Copy<uint>(2, 3);
        nint text = arena.Text("local");
        nint arrays = arena.Copy(array);
        nint symbols = arena.Copy(symbol);
        nint requests = arena.Copy<uint>(1);
        nint* results = arena.Room<nint>();
        int* count = arena.Room<int>();
        Export.Do("NNGetOpHandle", arena.Text("abs"), @out);
        nint abs = *made;

        void Make(string maker, string free, params ReadOnlySpan<nint> arguments)
        {
            Export.Do(maker, arguments);
            Export.Do(free, *made);
        }

        return what switch
        {
            "array" => () => Make("MXNDArrayCreate", "MXNDArrayFree", shape, 2, 1, 0, 0, @out),
            "empty array" => () => Make("MXNDArrayCreateNone", "MXNDArrayFree", @out),
            "view" => () => Make("MXNDArraySlice", "MXNDArrayFree", array, 0, 1, @out),
            "symbol" => () => Make("MXSymbolCreateVariable", "MXSymbolFree", text, @out),
            "composed symbol" => () =>
            {
                Export.Do("MXSymbolCreateAtomicSymbol", abs, 0, 0, 0, @out);
                Export.Do("MXSymbolCompose", *made, text, 1, 0, symbols);
                Export.Do("MXSymbolFree", *made);
            },
            "cached operator" => () => Make("MXCreateCachedOp", "MXFreeCachedOp", symbol, @out),
            "executor" => () =>
                Make("MXExecutorBind", "MXExecutorFree", symbol, 1, 0, 1, arrays, arrays, requests, 0, 0, @out),
            "graph" => () => Make("NNGraphCreate", "NNGraphFree", symbol, @out),
            "store" => () => Make("MXKVStoreCreate", "MXKVStoreFree", text, @out),
            "profiling object" => () => Make("MXProfileCreateDomain", "MXProfileDestroyHandle", text, @out),
            "result" => () =>
            {
                *results = 0;
                Export.Do("MXImperativeInvoke", abs, 1, arrays, (nint)count, (nint)results, 0, 0, 0);
                Export.Do("MXNDArrayFree", *(nint*)*results);
            },
            _ => () =>
            {
                if (Export.Of("MXNDArraySlice").Status(array, 5, 9, @out) != -1)
                    Assert.Fail("A slice beyond the end was made.");
            },
        };
    }

    private static long Memory()
    {
        Export.Do("MXNDArrayWaitAll");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
