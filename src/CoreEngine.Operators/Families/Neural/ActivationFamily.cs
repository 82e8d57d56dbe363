namespace CoreEngine.Operators;

/// <summary>Fixed non-linearities of neural networks: the <c>Activation</c> layer.</summary>
internal static class ActivationFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("Activation")
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                NewParameters = () => new ActivationParameters(),
                Inplace = [(0, 0)],
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = c =>
                    c.Set(0, c.CallWithSameParameters("_backward_Activation", c.OutputGradient(0), c.Output(0))),
                ComposedGradient = Compose,
                Kernel = Forward,
            }
        );
        registry.Add(
            new OperatorDef("_backward_Activation")
            {
                QuickElements = OperatorDef.FewElements,
                Pointwise = Pointwise.Always,
                NewParameters = () => new ActivationParameters(),
                Inputs = ["ograd", "output"],
                Inplace = [(0, 0), (1, 0)],
                InferType = FloatTypes.Same,
                Kernel = Backward,
            }
        );
    }

    /// <summary>Every derivative here is a function of the output, which is differentiable itself.</summary>
    private static void Compose(GradientContext c)
    {
        Value y = c.Output(0);
        Value derivative = c.Operator.Parameters<ActivationParameters>().Function switch
        {
            ActivationFunction.Relu => c.Call("_greater_scalar", new ScalarParameters { Scalar = 0 }, y),
            ActivationFunction.Sigmoid => c.Call("elemwise_mul", y, OneMinus(c, y)),
            ActivationFunction.Tanh => OneMinus(c, c.Call("square", y)),
            _ => OneMinus(c, c.Call("exp", c.Call("negative", y))),
        };
        c.Set(0, c.Call("elemwise_mul", c.OutputGradient(0), derivative));
    }

    private static Value OneMinus(GradientContext c, Value value) =>
        c.Call("_rminus_scalar", new ScalarParameters { Scalar = 1 }, value);

    private static void Forward(ref KernelContext context)
    {
        switch (context.Parameters<ActivationParameters>().Function)
        {
            case ActivationFunction.Relu:
                ElementwiseRegistration.RunUnary<Rectifier>(ref context);
                break;
            case ActivationFunction.Sigmoid:
                ElementwiseRegistration.RunUnary<Logistic>(ref context);
                break;
            case ActivationFunction.Tanh:
                ElementwiseRegistration.RunUnary<HyperbolicTangent>(ref context);
                break;
            default:
                ElementwiseRegistration.RunUnary<SoftRectifier>(ref context);
                break;
        }
    }

    private static void Backward(ref KernelContext context)
    {
        switch (context.Parameters<ActivationParameters>().Function)
        {
            case ActivationFunction.Relu:
                ElementwiseRegistration.RunBinary<RectifierGradient>(ref context);
                break;
            case ActivationFunction.Sigmoid:
                ElementwiseRegistration.RunBinary<LogisticGradient>(ref context);
                break;
            case ActivationFunction.Tanh:
                ElementwiseRegistration.RunBinary<HyperbolicTangentGradient>(ref context);
                break;
            default:
                ElementwiseRegistration.RunBinary<SoftRectifierGradient>(ref context);
                break;
        }
    }
}

/// <summary>The function of an <c>Activation</c> layer.</summary>
public enum ActivationFunction
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>log(1 + exp(x)).</summary>
    SoftRelu,
}

/// <summary>Parameters of <c>Activation</c>.</summary>
public sealed class ActivationParameters : IParameters
{
    /// <summary>The function.</summary>
    public ActivationFunction Function;

    /// <inheritdoc/>
    public void Read(AttributeReader reader) =>
        reader.Required("act_type", ref Function, "relu", "sigmoid", "tanh", "softrelu");
}
