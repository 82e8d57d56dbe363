using CoreEngine.Abi;

namespace CoreEngine.CApi.Tests;

/// <summary>Handles as C uses them: wrong ones are errors, and any thread may free any of them.</summary>
[TestClass]
public sealed unsafe class HandleTests
{
    private static readonly Export[] s_ofHandles =
    [
        .. Export.All.Where(export =>
            export.Function.ReturnsStatus
            && export.Function.Parameters is [{ Type: var type }, ..]
            && type.EndsWith("Handle", StringComparison.Ordinal)
            && type != "DLManagedTensorHandle"
        ),
    ];

    /// <summary>A handle of another kind, a freed one and a made-up one are errors for every function that takes one.</summary>
    [TestMethod]
    public void WrongHandlesAreErrorsEverywhere()
    {
        using var arena = new Arena(1 << 20);
        nint array = NewArray(arena);
        nint symbol = NewSymbol(arena);
        nint freed = NewArray(arena);
        nint freedSymbol = NewSymbol(arena);
        Export.Do("MXNDArrayFree", freed);
        Export.Do("MXSymbolFree", freedSymbol);
        Assert.IsGreaterThan(100, s_ofHandles.Length);
        foreach (Export export in s_ofHandles)
        {
            bool takesArrays = export.Function.Parameters[0].Type == "NDArrayHandle";
            nint[] wrong =
            [
                takesArrays ? symbol : array,
                freed,
                freedSymbol,
                12345,
                -1,
                nint.MaxValue,
                (nint)arena.Room<long>(),
            ];
            foreach (nint handle in wrong)
            {
                nint[] arguments = [handle, .. Plausible(export.Function, arena)];
                Assert.AreEqual(-1, export.Status(arguments), $"{export.Function.Name} took the handle 0x{handle:x}.");
                Assert.AreNotEqual("", Export.LastError);
            }
        }

        Export.Do("MXNDArrayFree", array);
        Export.Do("MXSymbolFree", symbol);
    }

    /// <summary>NULL is nothing to free, and an error for everything else.</summary>
    [TestMethod]
    public void NullIsNothingToFree()
    {
        using var arena = new Arena(1 << 20);
        foreach (Export export in s_ofHandles)
        {
            string name = export.Function.Name;
            bool frees =
                name.EndsWith("Free", StringComparison.Ordinal) || name is "MXFreeCachedOp" or "MXProfileDestroyHandle";
            nint[] arguments = [0, .. Plausible(export.Function, arena)];
            Assert.AreEqual(frees ? 0 : -1, export.Status(arguments), name);
            if (!frees)
                Assert.MatchesRegex("NULL|not supported", Export.LastError, name);
        }
    }

    /// <summary>What is wrong with a handle is said with the argument's name.</summary>
    [TestMethod]
    public void ErrorsNameTheArgumentAndTheKind()
    {
        using var arena = new Arena(1 << 16);
        nint symbol = NewSymbol(arena);
        Assert.AreEqual(-1, Export.Of("MXNDArrayWaitToRead").Status(symbol));
        Assert.AreEqual("'handle' must be the handle of an array; it is the handle of a symbol.", Export.LastError);
        Export.Do("MXSymbolFree", symbol);
        Assert.AreEqual(-1, Export.Of("MXSymbolFree").Status(symbol));
        Assert.Contains("was freed", Export.LastError);
    }

    /// <summary>A thread's error is its own and stays until its next one.</summary>
    [TestMethod]
    public void ErrorsBelongToTheirThread()
    {
        Assert.AreEqual(-1, Export.Of("MXNDArrayWaitToRead").Status(12345));
        string mine = Export.LastError;
        string first = "?";
        string second = "?";
        var thread = new Thread(() =>
        {
            first = Export.LastError;
            Export.Of("MXSymbolCopy").Status(0, 0);
            second = Export.LastError;
        });
        thread.Start();
        thread.Join();
        Assert.AreEqual("", first);
        Assert.AreNotEqual(mine, second);
        Assert.AreNotEqual("", second);
        Export.Do("MXNDArrayWaitAll");
        Assert.AreEqual(mine, Export.LastError);
    }

    /// <summary>Threads make, use and free arrays of each other; of two that free one, one succeeds.</summary>
    [TestMethod]
    public void AnyThreadMayFree()
    {
        const int Count = 2000;
        const int Threads = 4;
        using var shared = new Arena(1 << 20);
        nint[] arrays = [.. Enumerable.Range(0, Count).Select(_ => NewArray(shared))];
        int freed = 0;
        Thread[] threads =
        [
            .. Enumerable
                .Range(0, Threads)
                .Select(_ => new Thread(() =>
                {
                    using var arena = new Arena(4096);
                    float* values = arena.Room<float>(6);
                    foreach (nint array in arrays)
                    {
                        _ = Export.Of("MXNDArraySyncCopyToCPU").Status(array, (nint)values, 6);
                        if (Export.Of("MXNDArrayFree").Status(array) == 0)
                            Interlocked.Increment(ref freed);
                    }
                })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.AreEqual(Count, freed);
    }

    /// <summary>A new array of 2 by 3 zeros.</summary>
    internal static nint NewArray(Arena arena)
    {
        nint* result = arena.Room<nint>();
        Export.Do("MXNDArrayCreate", arena.Copy<uint>(2, 3), 2, 1, 0, 0, (nint)result);
        return *result;
    }

    /// <summary>A new symbol: a variable.</summary>
    internal static nint NewSymbol(Arena arena)
    {
        nint* result = arena.Room<nint>();
        Export.Do("MXSymbolCreateVariable", arena.Text("x"), (nint)result);
        return *result;
    }

    // Everything but the handle is in order, so that only the handle can be to blame: no count, and somewhere to write to.
    private static IEnumerable<nint> Plausible(AbiFunction function, Arena arena)
    {
        arena.Room<long>(64);
        return
        [
            .. function
                .Parameters.Skip(1)
                .Select(parameter =>
                    parameter.Type.EndsWith('*')
                        ? parameter.Type.Contains("char*", StringComparison.Ordinal)
                        && !parameter.Type.EndsWith("**", StringComparison.Ordinal)
                            ? arena.Text("x")
                            : (nint)arena.Room<long>(16)
                        : 0
                ),
        ];
    }
}
