using System.Buffers;
using System.Text;
using System.Text.Json;

namespace CoreEngine.Optimizers;

/// <summary>The description of an optimizer as text.</summary>
public abstract partial class Optimizer
{
    /// <summary>An optimizer with MXNet's default hyperparameters.</summary>
    /// <param name="name">A name of <see cref="OptimizerNames"/>, in any letter case.</param>
    /// <exception cref="OptimizerDescriptionException">There is none of this name.</exception>
    public static Optimizer Create(string name) => OptimizerNames.Create(name);

    /// <summary>
    /// The optimizer that a description names: a JSON object with the member <c>optimizer</c> and hyperparameters under
    /// MXNet's names; what is left out has its default.
    /// </summary>
    /// <remarks>
    /// Strict, because descriptions come over networks: one of the known names, known members of the right type, no member
    /// twice, numbers in their range. Nothing else is read, and nothing is executed.
    /// </remarks>
    /// <example><code>Optimizer.FromJson("""{"optimizer": "adam", "learning_rate": 0.01, "wd": 1e-4}""")</code></example>
    /// <exception cref="OptimizerDescriptionException">The text is not such a description.</exception>
    public static Optimizer FromJson(string json) => FromJson(Encoding.UTF8.GetBytes(json));

    /// <inheritdoc cref="FromJson(string)"/>
    /// <param name="utf8">The text in UTF-8.</param>
    public static Optimizer FromJson(ReadOnlySpan<byte> utf8)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8.ToArray(), DescriptionObject.Options);
            var description = new DescriptionObject("the optimizer", document.RootElement);
            Optimizer optimizer = Create(description.Text("optimizer"));
            optimizer.Visit(new OptimizerReader(description));
            description.RefuseOthers();
            return optimizer;
        }
        // The parser leaves texts alone that are no Unicode until they are asked for.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new OptimizerDescriptionException($"it is not JSON as expected: {error.Message}", error);
        }
        catch (ArgumentException error)
        {
            throw new OptimizerDescriptionException(error.Message, error);
        }
    }

    /// <summary>The description of this optimizer with all its hyperparameters, for <see cref="FromJson(string)"/>.</summary>
    /// <exception cref="OptimizerDescriptionException">The schedule is of a type that descriptions do not know.</exception>
    public string ToJson() => Encoding.UTF8.GetString(Describe().Span);

    private ReadOnlyMemory<byte> Describe()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("optimizer", Name);
            Visit(new OptimizerWriter(writer));
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Reads or writes the hyperparameters of a description.</summary>
    private protected virtual void Visit(OptimizerFields fields)
    {
        LearningRate = fields.Number("learning_rate", LearningRate);
        WeightDecay = fields.Number("wd", WeightDecay);
        RescaleGradient = fields.Number("rescale_grad", RescaleGradient);
        ClipGradient = fields.OptionalNumber("clip_gradient", ClipGradient);
        MultiPrecision = fields.Flag("multi_precision", MultiPrecision);
        BeginUpdateCount = fields.Integer("begin_num_update", BeginUpdateCount);
        Schedule = fields.Schedule("lr_scheduler", Schedule);
        ParameterNames = fields.Names("param_idx2name", ParameterNames);
        LearningRateMultipliers = fields.Numbers("lr_mult", LearningRateMultipliers);
        WeightDecayMultipliers = fields.Numbers("wd_mult", WeightDecayMultipliers);
    }
}
