using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>LSTM layers, forward against oneDNN, and the backward pass on its own.</summary>
public sealed unsafe class RecurrentBench : IBenchSet
{
    private const double Goal = 1.0;
    private const double Floor = 0.8;

    private static readonly RecurrentShape[] s_shapes =
    [
        new(RecurrentMode.Lstm, 35, 32, 200, 200, 2, 1),
        new(RecurrentMode.Lstm, 35, 32, 512, 512, 2, 1),
        new(RecurrentMode.Lstm, 35, 1, 512, 512, 2, 1),
        new(RecurrentMode.Lstm, 20, 64, 128, 64, 1, 2),
    ];

    /// <inheritdoc/>
    public string Name => "recurrent";

    /// <inheritdoc/>
    public IEnumerable<BenchRow> Run(BenchOptions options)
    {
        GemmBench.ReportMissing();
        foreach (int threads in options.ThreadCounts)
        {
            foreach (RecurrentShape shape in s_shapes)
            {
                if (options.Wants(Name, Title("forward", shape)))
                {
                    using var team = new KernelThreads(threads);
                    using var work = new Work(shape);
                    yield return Forward(options, work, threads);
                }

                if (options.Wants(Name, Title("forward and backward", shape)))
                {
                    using var team = new KernelThreads(threads);
                    using var work = new Work(shape);
                    yield return Both(options, work, threads);
                }
            }
        }
    }

    private static string Title(string pass, in RecurrentShape shape)
    {
        string directions = shape.Directions == 2 ? " both directions" : "";
        return $"LSTM {pass} {shape.Layers} layers {shape.Inputs}>{shape.Units}{directions} "
            + $"{shape.Steps} steps batch {shape.Batch}";
    }

    private BenchRow Forward(BenchOptions options, Work work, int threads)
    {
        string title = Title("forward", work.Shape);
        double operations = 1e-9 * work.Operations;
        if (!OneDnn.IsAvailable)
        {
            double seconds = Paired.MeasureAlone(work.Forward, options.Rounds);
            return BenchRow.Rate(Name, title, threads, operations / seconds, "GFLOP/s");
        }

        using var reference = new BenchArray<float>(work.Result.Length, 4);
        using var theirs = new OneDnnVariants(threads, work.Peer);
        theirs.Read(OneDnnArg.Result, reference.Data);
        work.Forward();
        PeerCheck.Same(title, work.Result.Data, reference.Data, reference.Length, 1e-4);
        Paired.Result result = Paired.Measure(
            work.Forward,
            theirs.Variants,
            options.Rounds,
            settle: Paired.SettleFor(threads)
        );
        return BenchRow.Rate(Name, title, threads, operations, "GFLOP/s", OneDnn.Name, result, Goal, Floor);
    }

    /// <summary>The backward pass multiplies twice as much as the forward pass.</summary>
    private BenchRow Both(BenchOptions options, Work work, int threads)
    {
        double seconds = Paired.MeasureAlone(work.ForwardAndBackward, options.Rounds);
        string title = Title("forward and backward", work.Shape);
        return BenchRow.Rate(Name, title, threads, 3e-9 * work.Operations / seconds, "GFLOP/s");
    }

    private sealed class Work : IDisposable
    {
        private readonly BenchArray<float> _x;
        private readonly BenchArray<float> _parameters;
        private readonly BenchArray<float> _gradients;
        private readonly BenchArray<float> _states;
        private readonly BenchArray<float> _reserve;
        private readonly void* _scratch;

        public Work(in RecurrentShape shape)
        {
            Shape = shape;
            _x = new BenchArray<float>(shape.Steps * shape.Batch * shape.Inputs, 1);
            _parameters = new BenchArray<float>(shape.ParameterSize, 2);
            _gradients = new BenchArray<float>(shape.ParameterSize, 3);
            _states = new BenchArray<float>(shape.StateSize, 4);
            new Span<float>(_states.Data, (int)shape.StateSize).Clear();
            for (long i = 0; i < shape.ParameterSize; i++)
            {
                _parameters.Data[i] *= 0.1f;
            }

            Result = new BenchArray<float>(shape.OutSize, 5);
            _reserve = new BenchArray<float>(Recurrent.ReserveSize(shape, false), 6);
            long scratch = Math.Max(
                Recurrent.ForwardScratch(DType.Float32, shape, false, false),
                Recurrent.BackwardScratch(DType.Float32, shape)
            );
            _scratch = NativeMemory.AlignedAlloc((nuint)scratch, 64);
        }

        public RecurrentShape Shape { get; }

        public BenchArray<float> Result { get; }

        /// <summary>Multiplications and additions of the forward pass.</summary>
        public double Operations
        {
            get
            {
                double weights =
                    Shape.ParameterSize - (Shape.Layers * Shape.Directions * 2 * Shape.Gates * Shape.Units);
                return 2 * weights * Shape.Steps * Shape.Batch;
            }
        }

        public void Forward() => Recurrent.Forward(DType.Float32, Shape, Arrays(), _scratch);

        public void ForwardAndBackward()
        {
            RecurrentArrays arrays = Arrays() with { Reserve = _reserve.Data };
            Recurrent.Forward(DType.Float32, Shape, arrays, _scratch);
            var gradients = new RecurrentArrays { Result = Result.Data, Parameters = _gradients.Data };
            Recurrent.Backward(DType.Float32, Shape, arrays, gradients, false, false, _scratch);
        }

        public OneDnnPrimitive Peer() => OneDnn.Lstm(Shape, _x.Data, _parameters.Data);

        public void Dispose()
        {
            NativeMemory.AlignedFree(_scratch);
            _x.Dispose();
            _parameters.Dispose();
            _gradients.Dispose();
            _states.Dispose();
            _reserve.Dispose();
            Result.Dispose();
        }

        private RecurrentArrays Arrays() =>
            new()
            {
                Data = _x.Data,
                Parameters = _parameters.Data,
                State = _states.Data,
                Cell = _states.Data,
                Result = Result.Data,
            };
    }
}
