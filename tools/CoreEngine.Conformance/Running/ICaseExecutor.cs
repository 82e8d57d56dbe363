namespace CoreEngine.Conformance;

/// <summary>Runs recorded calls on an engine. An engine's refusal is an exception.</summary>
public interface ICaseExecutor
{
    /// <summary>True when the engine has an operator of this name or alias.</summary>
    public bool Has(string op);

    /// <summary>Runs a case whose inputs have values.</summary>
    /// <exception cref="UnsupportedCaseException">The engine knows that it lacks what the case needs.</exception>
    /// <exception cref="EngineException">The engine refuses the call.</exception>
    public CaseResult Execute(string op, OperatorCase recorded);

    /// <summary>Makes a call of which only shapes and types are recorded, on zeros.</summary>
    /// <exception cref="UnsupportedCaseException">The engine knows that it lacks what the call needs.</exception>
    /// <exception cref="EngineException">The engine refuses the call.</exception>
    public CaseResult Execute(ErrorCase call);

    /// <summary>Reads a saved array file.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="name">What errors call the file.</param>
    /// <exception cref="EngineException">The engine cannot read the file.</exception>
    public IReadOnlyList<GoldenArray> ReadArrays(byte[] content, string name);

    /// <summary>Updates one weight with each gradient in turn.</summary>
    /// <param name="description">The optimizer as JSON, with MXNet's names.</param>
    /// <param name="weight">The weight at the start.</param>
    /// <param name="gradients">One gradient for each update.</param>
    /// <returns>The weight after each update.</returns>
    /// <exception cref="EngineException">The engine refuses the description or an update.</exception>
    public IReadOnlyList<DenseArray> Optimize(
        string description,
        GoldenArray weight,
        IReadOnlyList<GoldenArray> gradients
    ) => throw new UnsupportedCaseException("the engine has no optimizers");

    /// <summary>The learning rates of an optimizer's updates 1, 2, ...</summary>
    /// <param name="description">The optimizer as JSON, with its schedule.</param>
    /// <param name="updates">Number of updates.</param>
    /// <exception cref="EngineException">The engine refuses the description.</exception>
    public IReadOnlyList<double> LearningRates(string description, int updates) =>
        throw new UnsupportedCaseException("the engine has no learning-rate schedules");
}
