using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Dropout (Srivastava et al. 2014) in its inverted form: in training each value is dropped with probability p, and what
/// stays is divided by 1 - p, so that prediction needs nothing.
/// </summary>
internal static unsafe class DropoutFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("Dropout")
            {
                NewParameters = () => new DropoutParameters(),
                Outputs = ["output", "mask"],
                CountVisibleOutputs = _ => 1,
                Inplace = [(0, 0)],
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = c => c.Set(0, c.Call("_backward_Dropout", c.OutputGradient(0), c.Output(1))),
                ComposedGradient = c => c.Set(0, c.Call("elemwise_mul", c.OutputGradient(0), c.Output(1))),
                IsRandom = true,
                Kernel = Forward,
            }
        );
        registry.Add(
            new OperatorDef("_backward_Dropout")
            {
                Inputs = ["ograd", "mask"],
                Pointwise = Pointwise.Always,
                Inplace = [(0, 0), (1, 0)],
                InferType = FloatTypes.Same,
                Kernel = ElementwiseRegistration.RunBinary<Multiply>,
            }
        );
    }

    private static void Forward(ref KernelContext context)
    {
        var p = context.Parameters<DropoutParameters>();
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        TensorView mask = context.Output(1);
        bool drops = (context.IsTraining || p.Mode == DropoutMode.Always) && p.Probability > 0;
        if (!drops)
        {
            // The mask is what backward multiplies with, whatever mode that runs in.
            if (context.Wants(1))
                Kernels.Elementwise.Fill(mask.DType, 1, mask.Data, mask.Size);
            if (context.Wants(0))
                Kernels.Elementwise.Unary<Identity>(x.DType, x.Data, y.Data, y.Size, context.Accumulates(0));
            return;
        }

        if (!context.Wants(0) && !context.Wants(1))
            return;
        double keep = 1 - (double)p.Probability;
        void* drawn = context.Wants(1) ? mask.Data : context.Scratch(x.Size * x.DType.ItemSize());
        RandomStream random = context.Random;
        double scale = keep > 0 ? 1 / keep : 0;
        Sampling.Bernoulli(x.DType, random.Seed, random.Stream, keep, scale, drawn, x.Size);
        if (context.Wants(0))
            Kernels.Elementwise.Binary<Multiply>(x.DType, x.Data, drawn, y.Data, y.Size, context.Accumulates(0));
    }
}

/// <summary>When <c>Dropout</c> drops.</summary>
public enum DropoutMode
{
    /// <summary>In training only.</summary>
    Training,

    /// <summary>Always, for Monte Carlo dropout.</summary>
    Always,
}

/// <summary>Parameters of <c>Dropout</c>.</summary>
public sealed class DropoutParameters : IParameters
{
    /// <summary>The probability that a value is dropped, from 0 to 1; at 1, nothing is left.</summary>
    public float Probability = 0.5f;

    /// <summary>When values are dropped.</summary>
    public DropoutMode Mode = DropoutMode.Training;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("p", ref Probability);
        reader.Check(Probability is >= 0 and <= 1, "p", Probability, "from 0 to 1");
        reader.Optional("mode", ref Mode, "training", "always");
    }
}
