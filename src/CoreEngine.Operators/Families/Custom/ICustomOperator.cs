namespace CoreEngine.Operators;

/// <summary>What an operator is that is not part of the engine: the operator <c>Custom</c> calls it.</summary>
public interface ICustomOperator
{
    /// <summary>Names of the inputs, without states.</summary>
    public string[] Inputs { get; }

    /// <summary>Names of the outputs, hidden ones last.</summary>
    public string[] Outputs { get; }

    /// <summary>Names of the auxiliary states, which are inputs after the others and may be changed.</summary>
    public string[] States { get; }

    /// <summary>How many of the last outputs callers do not see: what backward needs.</summary>
    public int HiddenOutputs { get; }

    /// <summary>What backward reads.</summary>
    public BackwardNeeds BackwardNeeds { get; }

    /// <summary>Whether there is a backward pass.</summary>
    public bool HasGradient { get; }

    /// <summary>Whether two calls with the same inputs may have different results.</summary>
    public bool IsRandom { get; }

    /// <summary>
    /// Whether calls run at once on the thread that schedules them, instead of as operations of the engine. Then each call
    /// has an object of its own, and <see cref="Forward"/> and <see cref="Backward"/> are never called as kernels.
    /// </summary>
    public bool RunsOnCaller { get; }

    /// <summary>The gradient as calls of operators, for gradients of higher order; null when there are none.</summary>
    public GradientRule? ComposedGradient { get; }

    /// <summary>Propagates what is known of shapes.</summary>
    public void InferShapes(ShapeInference shapes);

    /// <summary>Propagates what is known of element types.</summary>
    public void InferTypes(TypeInference types);

    /// <summary>Computes the outputs from the inputs and states.</summary>
    public void Forward(ref KernelContext context);

    /// <summary>
    /// Computes the gradients of the inputs. The context's inputs are the gradients of the visible outputs, then the
    /// forward call's inputs, outputs and states.
    /// </summary>
    public void Backward(ref KernelContext context);
}
