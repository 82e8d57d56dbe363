using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Draws of categories by rows of probabilities, which lie along the last axis. With the logarithm of the drawn probability as second output the draw can
/// be trained by the score-function (REINFORCE) estimator.
/// </summary>
internal static unsafe class MultinomialFamily
{
    private const string Backward = "_backward_sample_multinomial";

    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("_sample_multinomial")
            {
                Aliases = ["sample_multinomial"],
                NewParameters = () => new MultinomialParameters(),
                Outputs = ["output0", "output1"],
                SelectOutputCount = op => op.Parameters<MultinomialParameters>().GetProbability ? 2 : 1,
                InferShape = InferShape,
                InferType = types =>
                {
                    types.SetOutput(0, types.Operator.Parameters<MultinomialParameters>().DType);
                    if (types.OutputCount > 1)
                    {
                        types.SetInput(0, types.Output(1));
                        types.SetOutput(1, types.Input(0));
                    }
                },
                Gradient = c =>
                {
                    bool isTrainable = c.Operator.Parameters<MultinomialParameters>().GetProbability;
                    c.Set(
                        0,
                        isTrainable
                            ? c.Call(Backward, c.OutputGradient(1), c.Input(0), c.Output(0))
                            : c.Call("zeros_like", c.Input(0))
                    );
                },
                IsRandom = true,
                Kernel = Run,
            }
        );
        registry.Add(
            new OperatorDef(Backward)
            {
                Inputs = ["ograd", "data", "sample"],
                InferShape = shapes => shapes.SetOutput(0, shapes.Input(1)),
                InferType = types => types.SetOutput(0, types.Input(1)),
                Kernel = RunBackward,
            }
        );
    }

    private static void InferShape(ShapeInference shapes)
    {
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        long[] draw = shapes.Operator.Parameters<MultinomialParameters>().Shape;
        long[] dims = [.. data.Dims[..^1], .. draw];
        var result = new Shape(dims.Length == 0 ? [1] : dims);
        for (int i = 0; i < shapes.OutputCount; i++)
        {
            shapes.SetOutput(i, result);
        }
    }

    private static void Run(ref KernelContext context)
    {
        TensorView data = context.Input(0);
        TensorView y = context.Output(0);
        long categories = data.Shape[^1];
        long rows = data.Size / categories;
        long draws = y.Size / rows;
        RandomStream r = context.Random;
        var drawn = (long*)context.Scratch(y.Size * sizeof(long));
        Categories.Draw(data.DType, data.Data, rows, categories, r.Seed, r.Stream, DType.Int64, drawn, draws);
        Store(ref context, 0, DType.Int64, drawn);
        if (context.OutputCount == 1 || !context.Wants(1))
            return;
        double* probabilities = AsFloat64(ref context, data);
        var logarithms = (double*)context.Scratch(y.Size * sizeof(double));
        for (long i = 0; i < y.Size; i++)
        {
            logarithms[i] = Math.Log(probabilities[(i / draws * categories) + drawn[i]]);
        }

        Store(ref context, 1, DType.Float64, logarithms);
    }

    /// <summary>d log p(drawn) / d p = 1 / p for the category that was drawn, 0 for the others.</summary>
    private static void RunBackward(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView data = context.Input(1);
        TensorView sample = context.Input(2);
        double* gradient = AsFloat64(ref context, context.Input(0));
        double* probabilities = AsFloat64(ref context, data);
        double* drawn = AsFloat64(ref context, sample);
        long categories = data.Shape[^1];
        long draws = sample.Size / (data.Size / categories);
        var sums = (double*)context.Scratch(data.Size * sizeof(double));
        Kernels.Elementwise.Fill(DType.Float64, 0, sums, data.Size);
        for (long i = 0; i < sample.Size; i++)
        {
            long place = (i / draws * categories) + (long)drawn[i];
            sums[place] += gradient[i] / probabilities[place];
        }

        Store(ref context, 0, DType.Float64, sums);
    }

    private static double* AsFloat64(ref KernelContext context, in TensorView view)
    {
        var values = (double*)context.Scratch(view.Size * sizeof(double));
        Cast.Convert(view.DType, view.Data, DType.Float64, values, view.Size);
        return values;
    }

    /// <summary>Converts results into an output, or adds them to it.</summary>
    private static void Store(ref KernelContext context, int output, DType dtype, void* values)
    {
        TensorView y = context.Output(output);
        if (!context.Wants(output))
            return;
        bool accumulate = context.Accumulates(output);
        void* target = accumulate ? context.Scratch(y.Size * y.DType.ItemSize()) : y.Data;
        Cast.Convert(dtype, values, y.DType, target, y.Size);
        if (accumulate)
            Kernels.Elementwise.Binary<Add>(y.DType, y.Data, target, y.Data, y.Size);
    }
}
