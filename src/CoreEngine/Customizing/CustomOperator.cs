using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>
/// An operator written in C#. Registered under a name, it is called by <c>Custom</c> with that name as <c>op_type</c>, and
/// is then like any other operator: on arrays, in symbols and their files, in executors and cached graphs, with gradients.
/// </summary>
/// <remarks>
/// <para>
/// Forward and backward run as operations of the engine, on a worker's thread. Inside, operations on arrays run at once.
/// Arrays from outside that are still being computed cannot be used there: give them as inputs. An exception is the fault
/// of the operation: whoever waits for its results gets it in an <see cref="Runtime.OperationException"/>.
/// Code that must not run on a worker sets <see cref="RunsOnCaller"/>.
/// </para>
/// <para>
/// One object serves all calls with the same attributes, several at the same time: keep what belongs to one call in its
/// outputs (hidden ones, if callers need not see it), not in fields.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// sealed class Scaled(double factor) : CustomOperator
/// {
///     public override void Forward(CustomForward call) => call.Set(0, call.Inputs[0] * factor);
///
///     public override void Backward(CustomBackward call) => call.Set(0, call.OutputGradients[0] * factor);
/// }
///
/// CustomOperator.Register("scaled", attributes => new Scaled(double.Parse(attributes["factor"])));
/// NDArray y = Imperative.Invoke("Custom", [x], new() { ["op_type"] = "scaled", ["factor"] = "3" })[0];
/// </code>
/// </example>
public abstract class CustomOperator
{
    /// <summary>Names of the inputs, without states.</summary>
    public virtual IReadOnlyList<string> Inputs => ["data"];

    /// <summary>Names of the outputs, hidden ones last.</summary>
    public virtual IReadOnlyList<string> Outputs => ["output"];

    /// <summary>Names of the auxiliary states: arrays that belong to the model, that calls may change and that have no gradient.</summary>
    public virtual IReadOnlyList<string> States => [];

    /// <summary>How many of the last outputs callers do not see: what <see cref="Backward"/> needs beside the others.</summary>
    public virtual int HiddenOutputs => 0;

    /// <summary>What <see cref="Backward"/> reads. What it does not read need not be kept until then.</summary>
    public virtual BackwardNeeds BackwardNeeds => BackwardNeeds.All;

    /// <summary>Whether there is a gradient.</summary>
    public virtual bool HasGradient => true;

    /// <summary>
    /// Whether two calls with the same inputs may have different results. Such calls are not merged or computed beforehand.
    /// </summary>
    public virtual bool IsRandom => false;

    /// <summary>
    /// Whether forward and backward run at once on the thread that calls, with nothing of the engine held: what they
    /// schedule is asynchronous as usual, they may wait for any array, and the call throws what they throw. Executors and
    /// cached graphs then stop at such calls until their code returns.
    /// </summary>
    /// <remarks>
    /// Each call, with its gradient, and each node of each executor then has an object of its own, which may keep what it
    /// likes in fields from forward to backward. If it is <see cref="IDisposable"/> it is disposed when it will run no
    /// more, unless the recorded call or executor is forgotten instead of used up or disposed.
    /// </remarks>
    public virtual bool RunsOnCaller => false;

    /// <summary>
    /// The gradient as calls of operators, from which gradients of higher order are taken; null when there are none.
    /// </summary>
    public virtual GradientRule? ComposedGradient => null;

    /// <summary>
    /// Propagates what is known of the shapes of inputs (states after them) and outputs, in both directions. Unless
    /// overridden all have one shape.
    /// </summary>
    public virtual void InferShapes(ShapeInference shapes) => ShapeInference.Same(shapes);

    /// <summary>As <see cref="InferShapes"/>, for element types. Unless overridden all have one type.</summary>
    public virtual void InferTypes(TypeInference types) => TypeInference.Same(types);

    /// <summary>Computes the outputs.</summary>
    public abstract void Forward(CustomForward call);

    /// <summary>Computes the gradients of the inputs from those of the outputs.</summary>
    public virtual void Backward(CustomBackward call) =>
        throw new EngineException($"{GetType().Name} has no Backward; override it, or HasGradient.");

    /// <summary>
    /// Makes a custom operator known. A name that is taken means the new one from then on, but for symbols and calls that
    /// exist.
    /// </summary>
    /// <param name="name">What calls give as <c>op_type</c>.</param>
    /// <param name="create">
    /// Makes the operator from a call's other attributes; called once for every distinct set of them.
    /// </param>
    public static void Register(string name, Func<IReadOnlyDictionary<string, string>, CustomOperator> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        CustomRegistry.Register(name, attributes => new CustomKernels(create(attributes)));
    }
}
