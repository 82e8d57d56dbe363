using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using CoreEngine.Abi;

namespace CoreEngine.CApi.Tests;

/// <summary>Random calls of every exported function: an error or a result, never a crash, and nothing half done.</summary>
[TestClass]
public sealed unsafe class HandleFuzzTests
{
    private const int Calls = 8_000;

    // How errors begin that no code of the library words: the name of .NET's type.
    private static readonly Regex s_unforeseen = new("^[A-Za-z]+Exception: |^Object reference|^Index was outside");

    /// <summary>
    /// Whatever is passed, a function returns 0 or -1; at -1 it says why and has written nothing to any of its arguments.
    /// </summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void RandomCallsFailCleanly(int seed)
    {
        using var files = new TemporaryFolder();
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = files.Path;
        try
        {
            Fuzz(new Random(seed));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    private static void Fuzz(Random random)
    {
        Export[] exports = [.. Export.All.Where(export => export.Function.ReturnsStatus)];
        using var arena = new Arena(1 << 20);
        var arguments = new RandomArguments(random, arena);
        int[] succeeded = new int[exports.Length];
        var problems = new SortedSet<string>(StringComparer.Ordinal);
        string trace = Environment.GetEnvironmentVariable("COREENGINE_FUZZ_TRACE") ?? "";
        for (int call = 0; call < Calls; call++)
        {
            // Each function once before chance decides; makers of handles more often, so that there is something to use.
            int which = call < exports.Length ? call : random.Next(exports.Length);
            Export export = exports[which];
            AbiParameter[] parameters = [.. export.Function.Parameters.Where(p => p.Type is not ("double" or "float"))];
            arena.Clear();
            nint[] values = [.. parameters.Select(parameter => arguments.For(export.Function, parameter))];
            if (trace.Length > 0)
                File.WriteAllText(
                    trace,
                    $"{call} {export.Function.Name}({string.Join(", ", values.Select(v => $"0x{v:x}"))})"
                );
            byte[] memory = arena.Used.ToArray();
            Export.Of("NNAPISetLastError").Call(arena.Text(""));
            int status = export.Status(values);
            if (status == 0)
            {
                succeeded[which]++;
                Follow(export, parameters, values, arguments, arena, memory);
                continue;
            }

            string error = Export.LastError;
            string? problem =
                status != -1 ? $"returned {status}"
                : error.Length == 0 ? "failed without a word"
                : s_unforeseen.IsMatch(error) ? "failed with an error that nobody wrote for its caller"
                : !arena.Used[..memory.Length].SequenceEqual(memory) ? "failed and had written to its arguments"
                : null;
            if (problem is not null)
                problems.Add($"{export.Function.Name} {problem}: {error}");
        }

        foreach (nint handle in arguments.Live)
        {
            Free(handle);
        }

        Assert.HasCount(0, problems, string.Join('\n', problems));
    }

    // Keeps the handles that a call gave, and forgets the one it ended.
    private static void Follow(
        Export export,
        AbiParameter[] parameters,
        nint[] values,
        RandomArguments arguments,
        Arena arena,
        byte[] memory
    )
    {
        if (
            parameters.Length == 1
            && (export.Function.Name.Contains("Free") || export.Function.Name.Contains("Destroy"))
        )
        {
            arguments.Died(values[0]);
            return;
        }

        ReadOnlySpan<nint> now = MemoryMarshal.Cast<byte, nint>(arena.Used);
        ReadOnlySpan<nint> then = MemoryMarshal.Cast<byte, nint>(memory);
        for (int i = 0; i < then.Length; i++)
        {
            if (now[i] != then[i] && IsHandle(now[i]))
                arguments.Born(now[i]);
        }
    }

    private static bool IsHandle(nint value) =>
        HandleTable.KindOf(value) is > HandleKind.None and <= HandleKind.IteratorCreator;

    private static void Free(nint handle)
    {
        string? free = HandleTable.KindOf(handle) switch
        {
            HandleKind.NDArray => "MXNDArrayFree",
            HandleKind.Symbol => "MXSymbolFree",
            HandleKind.Executor => "MXExecutorFree",
            HandleKind.CachedOp => "MXFreeCachedOp",
            HandleKind.Graph => "NNGraphFree",
            HandleKind.DataIterator => "MXDataIterFree",
            HandleKind.RecordReader => "MXRecordIOReaderFree",
            HandleKind.RecordWriter => "MXRecordIOWriterFree",
            HandleKind.KVStore => "MXKVStoreFree",
            HandleKind.Predictor => "MXPredFree",
            HandleKind.ArrayList => "MXNDListFree",
            HandleKind.Profile => "MXProfileDestroyHandle",
            _ => null,
        };
        if (free is not null)
            Export.Of(free).Status(handle);
    }
}
