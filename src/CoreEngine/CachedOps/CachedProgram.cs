using System.Diagnostics;
using CoreEngine.Graphs;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>
/// A graph for arguments of one signature, run inside one call of an operator. Compiled once for each mode
/// and combination of wanted outputs, and kept.
/// </summary>
internal sealed unsafe class CachedProgram
{
    private readonly Graph _graph;
    private readonly CachedArgument[] _arguments;
    private readonly CachedResult[] _results;
    private readonly Dictionary<Node, Shape> _shapes;
    private readonly Dictionary<Node, DType> _types;
    private readonly Device _device;
    private readonly GraphPasses _passes;
    private readonly Lock _lock = new();
    private Variant? _latest;
    private volatile bool _isQuick;

    /// <summary>A program.</summary>
    /// <param name="inferred">The graph with its shapes and types.</param>
    /// <param name="arguments">Where its variables are among the call's inputs; all of them.</param>
    /// <param name="results">Where its heads go among the call's outputs.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="passes">The passes that make the graph cheaper.</param>
    internal CachedProgram(
        InferredGraph inferred,
        CachedArgument[] arguments,
        CachedResult[] results,
        Device device,
        GraphPasses passes
    )
    {
        _graph = inferred.Graph;
        _arguments = arguments;
        _results = results;
        _device = device;
        // Constants would have to be computed and waited for in the middle of an operation.
        _passes = passes & ~(GraphPasses.ConstantFolding | GraphPasses.BatchNormFolding);
        _shapes = arguments.ToDictionary(one => one.Variable, one => inferred.ShapeOf(new NodeEntry(one.Variable, 0)));
        _types = arguments.ToDictionary(one => one.Variable, one => inferred.TypeOf(new NodeEntry(one.Variable, 0)));
    }

    /// <summary>Whether the latest runs were over before another thread would have begun.</summary>
    internal bool IsQuick => _isQuick;

    /// <summary>Runs the graph on the arguments of a call.</summary>
    internal void Run(ref KernelContext call)
    {
        long began = Stopwatch.GetTimestamp();
        Variant variant = Find(in call) ?? Compile(in call);
        GraphFrame frame = variant.Rent();
        // Without an arena nothing is leased: a lease that was never lent is disposed of without effect.
        using MemoryLease arena = variant.ArenaBytes > 0 ? StoragePool.For(_device).Lease(variant.ArenaBytes) : default;
        if (variant.ArenaBytes > 0)
            frame.SetRegion(variant.Compiled.ExternalCount, arena.Pointer);
        for (int i = 0; i < variant.Sources.Length; i++)
        {
            (int place, long offset, bool isInput) = variant.Sources[i];
            void* start = isInput ? call.Input(place).Data : call.Output(place).Data;
            frame.SetRegion(i, (byte*)start + offset);
        }

        int current = 0;
        try
        {
            variant.Compiled.Run(
                0,
                variant.Compiled.Steps.Length,
                frame,
                call.IsTraining,
                call.Random,
                call.Arena,
                ref current
            );
            _isQuick = variant.NoteRun(began);
        }
        catch (Exception error)
        {
            throw new EngineException($"{variant.Compiled.Describe(current)}: {error.Message}", error);
        }
        finally
        {
            variant.Return(frame);
        }
    }

    private Variant? Find(in KernelContext call)
    {
        Variant? variant = Volatile.Read(ref _latest);
        while (variant is not null && !variant.Serves(in call))
        {
            variant = variant.Older;
        }

        return variant;
    }

    private Variant Compile(in KernelContext call)
    {
        lock (_lock)
        {
            if (Find(in call) is { } found)
                return found;
            var requests = new Request[call.OutputCount];
            for (int i = 0; i < requests.Length; i++)
            {
                requests[i] = Plain(call.Request(i));
            }

            Variant variant = Compile(requests, call.IsTraining);
            Volatile.Write(ref _latest, variant);
            return variant;
        }
    }

    // Kernels know best whether they write in place; this one never does.
    private static Request Plain(Request request) => request == Request.WriteInplace ? Request.Write : request;

    private Variant Compile(Request[] requests, bool isTraining)
    {
        int[] wanted =
        [
            .. Enumerable.Range(0, _results.Length).Where(i => requests[_results[i].Output] != Request.Null),
        ];
        var context = new PassContext
        {
            Shapes = _shapes,
            Types = _types,
            Storage = _shapes.Keys.ToDictionary(variable => variable, _ => StorageType.Default),
            IsTraining = isTraining,
        };
        var chosen = new Graph([.. wanted.Select(i => _graph.Heads[i])]);
        Graph graph = SeparateHeads.In(
            GraphOptimizer.Apply(chosen, context, _passes).Graph,
            first: 0,
            i => requests[_results[wanted[i]].Output] == Request.Add,
            mustAdd: true
        );
        CachedArgument[] arguments = [.. _arguments.Where(one => graph.Contains(one.Variable))];
        InferredGraph inferred = GraphInference.Complete(graph, _shapes, _types);
        var externals = new List<ExternalEntry>();
        var sources = new List<(int Place, long Offset, bool IsInput)>();
        // Those that lie nowhere come last: no address is set for them.
        foreach (CachedArgument argument in arguments.Where(one => one.Input >= 0))
        {
            externals.Add(new ExternalEntry(new NodeEntry(argument.Variable, 0)));
            sources.Add((argument.Input, argument.Offset, true));
        }

        for (int i = 0; i < wanted.Length; i++)
        {
            CachedResult result = _results[wanted[i]];
            externals.Add(new ExternalEntry(graph.Heads[i], requests[result.Output] == Request.Add));
            sources.Add((result.Output, result.Offset, false));
        }

        externals.AddRange(
            arguments.Where(one => one.Input < 0).Select(one => new ExternalEntry(new NodeEntry(one.Variable, 0)))
        );
        CompiledGraph compiled = new GraphCompiler
        {
            Graph = graph,
            Shapes = [.. inferred.Shapes],
            Types = [.. inferred.Types],
            Externals = [.. externals],
        }.Compile();
        return new Variant(requests, isTraining, compiled, [.. sources], _latest);
    }

    /// <summary>The graph compiled for some requests, with frames to run it in.</summary>
    private sealed class Variant(
        Request[] requests,
        bool isTraining,
        CompiledGraph compiled,
        (int Place, long Offset, bool IsInput)[] sources,
        Variant? older
    )
    {
        private readonly Lock _lock = new();
        private GraphFrame? _free;
        private RunTime _time = new();

        internal CompiledGraph Compiled => compiled;

        /// <summary>Where the first external arrays are among the call's arguments.</summary>
        internal (int Place, long Offset, bool IsInput)[] Sources => sources;

        internal long ArenaBytes { get; } = compiled.ArenaBytes.Count == 0 ? 0 : compiled.ArenaBytes[0];

        internal Variant? Older => older;

        internal bool Serves(in KernelContext call)
        {
            if (isTraining != call.IsTraining)
                return false;
            for (int i = 0; i < requests.Length; i++)
            {
                if (requests[i] != Plain(call.Request(i)))
                    return false;
            }

            return true;
        }

        /// <summary>Takes note of a run; says whether the graph is quick.</summary>
        internal bool NoteRun(long began)
        {
            _time.Note(began);
            return !compiled.RunsUserCode && RunTime.AreQuick(new ReadOnlySpan<RunTime>(in _time));
        }

        internal GraphFrame Rent()
        {
            lock (_lock)
            {
                GraphFrame frame = _free ?? new GraphFrame(compiled);
                _free = frame.Next;
                return frame;
            }
        }

        internal void Return(GraphFrame frame)
        {
            lock (_lock)
            {
                frame.Next = _free;
                _free = frame;
            }
        }
    }
}
