using System.Globalization;
using System.Text.Json;

namespace CoreEngine.Optimizers;

/// <summary>Writes hyperparameters into a description.</summary>
internal sealed class OptimizerWriter(Utf8JsonWriter writer) : OptimizerFields
{
    internal override double Number(string name, double value)
    {
        writer.WriteNumber(name, value);
        return value;
    }

    internal override double? OptionalNumber(string name, double? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
        return value;
    }

    internal override bool Flag(string name, bool value)
    {
        writer.WriteBoolean(name, value);
        return value;
    }

    internal override long Integer(string name, long value)
    {
        writer.WriteNumber(name, value);
        return value;
    }

    internal override IReadOnlyDictionary<string, double> Numbers(
        string name,
        IReadOnlyDictionary<string, double> value
    )
    {
        writer.WriteStartObject(name);
        foreach ((string key, double number) in value)
        {
            writer.WriteNumber(key, number);
        }

        writer.WriteEndObject();
        return value;
    }

    internal override IReadOnlyDictionary<int, string> Names(string name, IReadOnlyDictionary<int, string> value)
    {
        writer.WriteStartObject(name);
        foreach ((int key, string text) in value)
        {
            writer.WriteString(key.ToString(CultureInfo.InvariantCulture), text);
        }

        writer.WriteEndObject();
        return value;
    }

    internal override LearningRateSchedule? Schedule(string name, LearningRateSchedule? value)
    {
        writer.WritePropertyName(name);
        if (value is null)
            writer.WriteNullValue();
        else
            ScheduleDescription.Write(writer, value);
        return value;
    }
}
