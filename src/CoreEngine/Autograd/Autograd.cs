using CoreEngine.Graphs;

namespace CoreEngine;

/// <summary>
/// Automatic differentiation of array operations: record what is computed, then run it backward.
/// Recording and training mode belong to the thread; recorded arrays may be used from any thread.
/// </summary>
public static class Autograd
{
    [ThreadStatic]
    private static bool t_recording;

    [ThreadStatic]
    private static bool t_training;

    /// <summary>True while calls on this thread are recorded.</summary>
    public static bool IsRecording => t_recording;

    /// <summary>True while operators on this thread run in training mode.</summary>
    public static bool IsTraining => t_training;

    /// <summary>Records calls on this thread until the scope is disposed.</summary>
    /// <param name="training">Whether operators run in training mode.</param>
    public static AutogradScope Record(bool training = true) => new(recording: true, training);

    /// <summary>Stops recording on this thread until the scope is disposed.</summary>
    /// <param name="training">Whether operators run in training mode.</param>
    public static AutogradScope Pause(bool training = false) => new(recording: false, training);

    /// <summary>Runs operators in training mode until the scope is disposed; recording stays as it is.</summary>
    public static AutogradScope TrainMode() => new(t_recording, training: true);

    /// <summary>Runs operators in prediction mode until the scope is disposed; recording stays as it is.</summary>
    public static AutogradScope PredictMode() => new(t_recording, training: false);

    /// <summary>Marks an array as a variable whose gradient goes into another array, however that is stored.</summary>
    /// <exception cref="EngineException">The gradient array has another shape, type or device.</exception>
    public static void MarkVariable(NDArray variable, NDArray gradient, GradientRequest request)
    {
        if (gradient.Shape != variable.Shape || gradient.DType != variable.DType || gradient.Device != variable.Device)
        {
            throw new EngineException(
                $"MarkVariable: the gradient of {variable} must have its shape, type and device; it is {gradient}."
            );
        }

        TapeNode.Variable(variable, new GradientSlot(gradient, request));
    }

    /// <summary>Computes the gradients of all marked variables that the heads depend on.</summary>
    /// <param name="heads">What is differentiated, usually a loss.</param>
    /// <param name="headGradients">The gradient that flows into each head; ones where null or empty.</param>
    /// <param name="retainGraph">Keep the recorded graph for another pass.</param>
    /// <param name="training">Whether backward operators run in training mode.</param>
    /// <exception cref="EngineException">
    /// A head was not recorded, an operator has no gradient, or a recorded array was overwritten.
    /// </exception>
    public static void Backward(
        ReadOnlySpan<NDArray> heads,
        ReadOnlySpan<NDArray?> headGradients = default,
        bool retainGraph = false,
        bool training = true
    )
    {
        var pass = new BackwardPass(heads, headGradients, createGraph: false);
        using (new AutogradScope(recording: false, training))
        {
            pass.RunIntoSlots();
        }

        if (!retainGraph)
            pass.Release();
    }

    /// <summary>Computes and returns the gradients of the heads with respect to variables; nothing is written to them.</summary>
    /// <param name="heads">What is differentiated.</param>
    /// <param name="variables">With respect to what; each must be marked.</param>
    /// <param name="headGradients">The gradient that flows into each head; ones where null or empty.</param>
    /// <param name="retainGraph">Keep the recorded graph for another pass; implied by <paramref name="createGraph"/>.</param>
    /// <param name="createGraph">Record the backward computation, so that the results can be differentiated again.</param>
    /// <param name="training">Whether backward operators run in training mode.</param>
    /// <exception cref="EngineException">As for <see cref="Backward"/>; or a variable is not marked or not used.</exception>
    public static NDArray[] Gradients(
        ReadOnlySpan<NDArray> heads,
        ReadOnlySpan<NDArray> variables,
        ReadOnlySpan<NDArray?> headGradients = default,
        bool retainGraph = false,
        bool createGraph = false,
        bool training = true
    )
    {
        var pass = new BackwardPass(heads, headGradients, createGraph);
        NDArray[] results;
        using (new AutogradScope(createGraph, training))
        {
            results = pass.RunFor(variables);
        }

        if (!retainGraph && !createGraph)
            pass.Release();
        return results;
    }

    internal static (bool Recording, bool Training) Swap(bool recording, bool training)
    {
        (bool, bool) before = (t_recording, t_training);
        t_recording = recording;
        t_training = training;
        return before;
    }
}
