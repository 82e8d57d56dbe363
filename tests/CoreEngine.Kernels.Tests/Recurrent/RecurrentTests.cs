namespace CoreEngine.Kernels.Tests;

[TestClass]
public sealed unsafe class RecurrentTests
{
    /// <summary>Blocks of units that are full, half full and cut; one step, one sequence; more rows than a tile.</summary>
    private static readonly RecurrentShape[] s_shapes =
    [
        new(RecurrentMode.Relu, 4, 3, 5, 7, 1, 1),
        new(RecurrentMode.Tanh, 3, 2, 1, 33, 2, 2),
        new(RecurrentMode.Lstm, 1, 1, 1, 1, 1, 1),
        new(RecurrentMode.Lstm, 5, 3, 6, 16, 2, 1),
        new(RecurrentMode.Lstm, 6, 29, 3, 21, 3, 2),
        new(RecurrentMode.Gru, 4, 7, 5, 9, 1, 2),
        new(RecurrentMode.Gru, 4, 1, 5, 37, 2, 2),
        new(RecurrentMode.Gru, 3, 15, 4, 40, 3, 1),
        new(RecurrentMode.Lstm, 2, 5, 3, 410, 1, 1),
    ];

    [TestMethod]
    [DataRow(DType.Float32, 2e-6)]
    [DataRow(DType.Float64, 4e-15)]
    public void ForwardAgreesWithTheFormulas(DType dtype, double bound)
    {
        foreach (RecurrentShape shape in s_shapes)
        {
            foreach (bool hasMasks in (bool[])[false, true])
            {
                using var run = new Run(dtype, shape, hasMasks);
                var reference = new RecurrentReference(shape, run.Parameters.ToArray());
                reference.Run(run.Data.ToArray(), run.State.ToArray(), run.Cell.ToArray(), run.Masks);
                foreach (bool keeps in (bool[])[false, true])
                {
                    // Without a reserve there is no place for masks.
                    if (hasMasks && !keeps)
                        continue;
                    run.Forward(keeps);
                    AreClose(reference.Result, run.Result, bound, $"{shape} result");
                    AreClose(reference.FinalState, run.FinalState, bound, $"{shape} state");
                    if (shape.Mode == RecurrentMode.Lstm)
                        AreClose(reference.FinalCell, run.FinalCell, bound, $"{shape} cell");
                }
            }
        }
    }

    [TestMethod]
    public void GradientsAreThoseOfTheFormulas()
    {
        // Moving everything that is read along its gradient changes the weighted sum of results by the gradient's square.
        const double Step = 1e-6;
        foreach (RecurrentShape shape in s_shapes)
        {
            using var run = new Run(DType.Float64, shape, hasMasks: true);
            run.Forward(keeps: true);
            run.Backward(accumulate: false);
            double expected = 0;
            double[][] moved = new double[4][];
            double[][] back = new double[4][];
            Operand[] inputs = [run.Data, run.Parameters, run.State, run.Cell];
            Operand[] gradients = [run.DataGradient, run.ParameterGradient, run.StateGradient, run.CellGradient];
            for (int i = 0; i < 4; i++)
            {
                double[] gradient = gradients[i].ToArray();
                if (i == 3 && shape.Mode != RecurrentMode.Lstm)
                    gradient = new double[gradient.Length];
                expected += gradient.Sum(static g => g * g);
                moved[i] = [.. inputs[i].ToArray().Zip(gradient, static (x, g) => x + (Step * g))];
                back[i] = [.. inputs[i].ToArray().Zip(gradient, static (x, g) => x - (Step * g))];
            }

            double difference = (run.Weighted(moved) - run.Weighted(back)) / (2 * Step);
            Assert.AreEqual(1, difference / expected, 1e-6, shape.ToString());
        }
    }

    [TestMethod]
    public void GradientsInFloat32AreThoseInFloat64()
    {
        foreach (RecurrentShape shape in s_shapes)
        {
            using var wide = new Run(DType.Float64, shape, hasMasks: true);
            using var narrow = new Run(DType.Float32, shape, hasMasks: true);
            foreach (bool accumulate in (bool[])[false, true])
            {
                wide.Forward(keeps: true);
                narrow.Forward(keeps: true);
                wide.Backward(accumulate);
                narrow.Backward(accumulate);
                AreClose(wide.DataGradient.ToArray(), narrow.DataGradient, 2e-5, $"{shape} data");
                AreClose(wide.ParameterGradient.ToArray(), narrow.ParameterGradient, 2e-5, $"{shape} parameters");
                AreClose(wide.StateGradient.ToArray(), narrow.StateGradient, 2e-5, $"{shape} state");
            }
        }
    }

    [TestMethod]
    public void GradientsAreAddedWhereAsked()
    {
        foreach (RecurrentShape shape in s_shapes)
        {
            using var run = new Run(DType.Float64, shape, hasMasks: false);
            run.Forward(keeps: true);
            run.Backward(accumulate: false);
            double[] data = run.DataGradient.ToArray();
            double[] parameters = run.ParameterGradient.ToArray();
            run.Backward(accumulate: true);
            AreClose([.. data.Select(static x => 2 * x)], run.DataGradient, 1e-13, $"{shape} data");
            AreClose([.. parameters.Select(static x => 2 * x)], run.ParameterGradient, 1e-13, $"{shape} parameters");
        }
    }

    [TestMethod]
    public void ThreadsDoNotChangeABit()
    {
        KernelTeam before = KernelTeam.Default;
        var shape = new RecurrentShape(RecurrentMode.Lstm, 4, 29, 30, 150, 2, 2);
        byte[]? expected = null;
        try
        {
            foreach (int threads in (int[])[1, 2, 3, 7])
            {
                using var team = new KernelTeam(threads);
                KernelTeam.Default = team;
                using var run = new Run(DType.Float32, shape, hasMasks: true);
                run.Forward(keeps: true);
                run.Backward(accumulate: false);
                byte[] actual =
                [
                    .. run.Result.Bytes,
                    .. run.FinalCell.Bytes,
                    .. run.DataGradient.Bytes,
                    .. run.ParameterGradient.Bytes,
                    .. run.CellGradient.Bytes,
                ];
                expected ??= actual;
                CollectionAssert.AreEqual(expected, actual, $"{threads} threads");
            }
        }
        finally
        {
            KernelTeam.Default = before;
        }
    }

    [TestMethod]
    public void NoNumberStaysNoNumber()
    {
        foreach (RecurrentMode mode in Enum.GetValues<RecurrentMode>())
        {
            var shape = new RecurrentShape(mode, 3, 2, 4, 17, 1, 1);
            using var run = new Run(DType.Float32, shape, hasMasks: false);
            // The second step of the first sequence.
            run.Data[2 * 4] = double.NaN;
            run.Forward(keeps: false);
            double[] y = run.Result.ToArray();
            bool[] isFinite = [true, true, false, true, false, true];
            for (int i = 0; i < y.Length; i++)
            {
                Assert.AreEqual(
                    isFinite[i / 17],
                    double.IsFinite(y[i]),
                    $"{mode}: step {i / 34} of sequence {i / 17 % 2}"
                );
                Assert.AreNotEqual(isFinite[i / 17], double.IsNaN(y[i]), $"{mode}: element {i}");
            }
        }
    }

    [TestMethod]
    public void CallsAllocateNothing()
    {
        using var run = new Run(DType.Float32, new(RecurrentMode.Lstm, 3, 8, 20, 40, 2, 2), hasMasks: false);
        run.Forward(keeps: true);
        run.Backward(accumulate: false);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5; i++)
        {
            run.Forward(keeps: true);
            run.Backward(accumulate: false);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void OtherTypesAreRefused() =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            Recurrent.Forward(DType.Int32, s_shapes[0], default, null)
        );

    private static void AreClose(double[] expected, Operand actual, double bound, string what)
    {
        double scale = Math.Max(1, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], bound * scale, $"{what} at {i}");
        }
    }

    /// <summary>A call's arrays, equal for all types but for rounding.</summary>
    private sealed class Run : IDisposable
    {
        private readonly DType _dtype;
        private readonly RecurrentShape _shape;
        private readonly bool _hasMasks;
        private readonly Operand _reserve;
        private readonly Operand _scratch;
        private readonly Operand _resultGradient;
        private readonly Operand _finalStateGradient;
        private readonly Operand _finalCellGradient;

        public Run(DType dtype, RecurrentShape shape, bool hasMasks)
        {
            _dtype = dtype;
            _shape = shape;
            _hasMasks = hasMasks;
            Data = New(1, shape.Steps * shape.Batch * shape.Inputs, 1);
            Parameters = New(2, shape.ParameterSize, 2 / Math.Sqrt(shape.Units + shape.Inputs));
            State = New(3, shape.StateSize, 1);
            Cell = New(4, shape.StateSize, 1);
            Result = New(5, shape.OutSize, 1);
            FinalState = New(6, shape.StateSize, 1);
            FinalCell = New(7, shape.StateSize, 1);
            DataGradient = New(8, Data.Length, 1);
            ParameterGradient = New(9, shape.ParameterSize, 1);
            StateGradient = New(10, shape.StateSize, 1);
            CellGradient = New(11, shape.StateSize, 1);
            _resultGradient = New(12, shape.OutSize, 1);
            _finalStateGradient = New(13, shape.StateSize, 1);
            _finalCellGradient = New(14, shape.StateSize, 1);
            _reserve = New(15, Recurrent.ReserveSize(shape, hasMasks), 1);
            long bytes = Math.Max(
                Math.Max(
                    Recurrent.ForwardScratch(dtype, shape, hasMasks, false),
                    Recurrent.ForwardScratch(dtype, shape, hasMasks, true)
                ),
                Recurrent.BackwardScratch(dtype, shape)
            );
            _scratch = new Operand(DType.UInt8, bytes);
            _scratch.Fill(255);
            if (!hasMasks)
                return;
            (long first, long count) = Recurrent.Masks(shape);
            Masks = new double[count];
            var random = new Random(16);
            for (long i = 0; i < count; i++)
            {
                Masks[i] = random.Next(4) == 0 ? 0 : 1.25;
                _reserve[first + i] = Masks[i];
            }
        }

        public Operand Data { get; }

        public Operand Parameters { get; }

        public Operand State { get; }

        public Operand Cell { get; }

        public Operand Result { get; }

        public Operand FinalState { get; }

        public Operand FinalCell { get; }

        public Operand DataGradient { get; }

        public Operand ParameterGradient { get; }

        public Operand StateGradient { get; }

        public Operand CellGradient { get; }

        public double[]? Masks { get; }

        private bool HasCell => _shape.Mode == RecurrentMode.Lstm;

        public void Forward(bool keeps) => Recurrent.Forward(_dtype, _shape, Arrays(keeps), _scratch.Data);

        public void Backward(bool accumulate)
        {
            var gradients = new RecurrentArrays
            {
                Result = _resultGradient.Data,
                FinalState = _finalStateGradient.Data,
                FinalCell = HasCell ? _finalCellGradient.Data : null,
                Data = DataGradient.Data,
                Parameters = ParameterGradient.Data,
                State = StateGradient.Data,
                Cell = HasCell ? CellGradient.Data : null,
            };
            RecurrentArrays arrays = Arrays(keeps: true);
            Recurrent.Backward(_dtype, _shape, arrays, gradients, accumulate, accumulate, _scratch.Data);
        }

        /// <summary>The sum of the reference's results for other inputs, each times its gradient.</summary>
        public double Weighted(double[][] inputs)
        {
            var reference = new RecurrentReference(_shape, inputs[1]);
            reference.Run(inputs[0], inputs[2], inputs[3], Masks);
            return Dot(reference.Result, _resultGradient)
                + Dot(reference.FinalState, _finalStateGradient)
                + (HasCell ? Dot(reference.FinalCell, _finalCellGradient) : 0);
        }

        public void Dispose()
        {
            Operand[] all =
            [
                Data,
                Parameters,
                State,
                Cell,
                Result,
                FinalState,
                FinalCell,
                DataGradient,
                ParameterGradient,
                StateGradient,
                CellGradient,
                _reserve,
                _scratch,
                _resultGradient,
                _finalStateGradient,
                _finalCellGradient,
            ];
            Array.ForEach(all, static operand => operand.Dispose());
        }

        private static double Dot(double[] values, Operand weights) =>
            values.Select((value, i) => value * weights[i]).Sum();

        private Operand New(int seed, long length, double size) =>
            Operand.Random(new Random(seed), _dtype, length, size);

        private RecurrentArrays Arrays(bool keeps) =>
            new()
            {
                Data = Data.Data,
                Parameters = Parameters.Data,
                State = State.Data,
                Cell = HasCell ? Cell.Data : null,
                Result = Result.Data,
                FinalState = FinalState.Data,
                FinalCell = HasCell ? FinalCell.Data : null,
                Reserve = keeps ? _reserve.Data : null,
                HasMasks = keeps && _hasMasks,
            };
    }
}
