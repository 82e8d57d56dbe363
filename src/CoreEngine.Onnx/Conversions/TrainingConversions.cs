using CoreEngine.Graphs;

namespace CoreEngine.Onnx;

/// <summary>ONNX's operators for training: gradients, and steps of optimizers.</summary>
internal static class TrainingConversions
{
    private const string Domain = "ai.onnx.preview.training.";

    public static void Register(ConversionTable table)
    {
        table.Add(Domain + "Gradient", Gradient);
        table.Add(Domain + "Momentum", Momentum);
        table.Add(Domain + "Adagrad", Adagrad);
        table.Add(Domain + "Adam", Adam);
    }

    private static void Gradient(NodeConversion c)
    {
        string[] names = c.Texts("xs") ?? throw c.Wrong("it has no xs");
        c.Ignore("zs");
        OnnxValue head = c.Named(c.Text("y", ""));
        OnnxValue[] inputs = c.AllInputs();
        NodeEntry ones = c.EntryOf(c.Map("ones_like", head));
        NodeEntry[] wanted = [.. inputs[..names.Length].Select(c.EntryOf)];
        NodeEntry?[] gradients = GradientPass.Build([c.EntryOf(head)], [ones], wanted);
        for (int i = 0; i < names.Length; i++)
        {
            OnnxValue x = inputs[i];
            c.Set(i, gradients[i] is { } entry ? OnnxValue.Of(entry, x.ElementType, x.Dims) : c.Map("zeros_like", x));
        }
    }

    /// <summary>The inputs after rate and count: all weights, all gradients, all first states and so on.</summary>
    private static OnnxValue[][] Groups(NodeConversion c, int kinds)
    {
        OnnxValue[] inputs = c.AllInputs()[2..];
        int count = inputs.Length / kinds;
        return [.. Enumerable.Range(0, kinds).Select(kind => inputs[(kind * count)..((kind + 1) * count)])];
    }

    /// <summary>1 after the first step, 0 before.</summary>
    private static OnnxValue IsLater(NodeConversion c, OnnxElementType type) =>
        c.WithScalar("greater", c.Cast(c.Input(1), type), 0);

    private static OnnxValue Regularized(NodeConversion c, OnnxValue weight, OnnxValue gradient, double norm) =>
        norm == 0 ? gradient : c.Add(c.Times(weight, norm), gradient);

    /// <summary>Moves a weight against a direction.</summary>
    private static OnnxValue Moved(NodeConversion c, OnnxValue weight, OnnxValue rate, OnnxValue direction) =>
        c.Subtract(weight, c.Multiply(rate, direction));

    private static void Momentum(NodeConversion c)
    {
        double alpha = c.Real("alpha", 0);
        double beta = c.Real("beta", 0);
        double norm = c.Real("norm_coefficient", 0);
        bool isNesterov = c.Text("mode", "standard") == "nesterov";
        OnnxValue[][] groups = Groups(c, 3);
        for (int i = 0; i < groups[0].Length; i++)
        {
            (OnnxValue weight, OnnxValue state) = (groups[0][i], groups[2][i]);
            OnnxValue gradient = Regularized(c, weight, groups[1][i], norm);
            // The first gradient counts whole.
            OnnxValue share = c.Plus(c.Times(IsLater(c, weight.ElementType), beta - 1), 1);
            OnnxValue next = c.Add(c.Times(state, alpha), c.Multiply(share, gradient));
            OnnxValue direction = isNesterov ? c.Add(gradient, c.Times(next, alpha)) : next;
            c.Set(i, Moved(c, weight, c.Cast(c.Input(0), weight.ElementType), direction));
            c.Set(groups[0].Length + i, next);
        }
    }

    private static void Adagrad(NodeConversion c)
    {
        double norm = c.Real("norm_coefficient", 0);
        double epsilon = c.Real("epsilon", 1e-6);
        double decay = c.Real("decay_factor", 0);
        OnnxValue[][] groups = Groups(c, 3);
        for (int i = 0; i < groups[0].Length; i++)
        {
            (OnnxValue weight, OnnxValue state) = (groups[0][i], groups[2][i]);
            OnnxValue gradient = Regularized(c, weight, groups[1][i], norm);
            OnnxValue age = c.Plus(c.Times(c.Cast(c.Input(1), weight.ElementType), decay), 1);
            OnnxValue rate = c.Divide(c.Cast(c.Input(0), weight.ElementType), age);
            OnnxValue next = c.Add(state, c.Map("square", gradient));
            c.Set(i, Moved(c, weight, rate, c.Divide(gradient, c.Plus(c.Map("sqrt", next), epsilon))));
            c.Set(groups[0].Length + i, next);
        }
    }

    private static void Adam(NodeConversion c)
    {
        double alpha = c.Real("alpha", 0.9);
        double beta = c.Real("beta", 0.999);
        double norm = c.Real("norm_coefficient", 0);
        double normAfter = c.Real("norm_coefficient_post", 0);
        double epsilon = c.Real("epsilon", 1e-6);
        OnnxValue[][] groups = Groups(c, 4);
        int count = groups[0].Length;
        for (int i = 0; i < count; i++)
        {
            OnnxValue weight = groups[0][i];
            OnnxElementType type = weight.ElementType;
            OnnxValue gradient = Regularized(c, weight, groups[1][i], norm);
            OnnxValue mean = c.Add(c.Times(groups[2][i], alpha), c.Times(gradient, 1 - alpha));
            OnnxValue square = c.Add(c.Times(groups[3][i], beta), c.Times(c.Map("square", gradient), 1 - beta));
            OnnxValue steps = c.Cast(c.Input(1), type);
            OnnxValue correction = c.Divide(
                c.Map("sqrt", c.WithScalar("rminus", c.WithScalar("rpower", steps, beta), 1)),
                c.WithScalar("rminus", c.WithScalar("rpower", steps, alpha), 1)
            );
            OnnxValue later = c.ToBool(IsLater(c, type));
            OnnxValue factor = c.Where(later, correction, c.Map("ones_like", correction));
            OnnxValue rate = c.Multiply(c.Cast(c.Input(0), type), factor);
            OnnxValue moved = Moved(c, weight, rate, c.Divide(mean, c.Plus(c.Map("sqrt", square), epsilon)));
            c.Set(i, normAfter == 0 ? moved : c.Times(moved, 1 - normAfter));
            c.Set(count + i, mean);
            c.Set((2 * count) + i, square);
        }
    }
}
